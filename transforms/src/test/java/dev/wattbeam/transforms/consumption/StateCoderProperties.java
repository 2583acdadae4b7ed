package dev.wattbeam.transforms.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.coders.Coder;

/** The laws that Beam relies on, for random values of everything in state or in a shuffle. */
class StateCoderProperties {
  private static final Arbitrary<Long> LONGS =
      Arbitraries.oneOf(
          Arbitraries.longs(), Arbitraries.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE));
  private static final Arbitrary<Integer> INTS = Arbitraries.integers();

  /** A coder with random values for it. */
  record Sample<T>(Coder<T> coder, Arbitrary<T> values) {
    Arbitrary<Value<T>> any() {
      return values.map(value -> new Value<>(coder, value));
    }
  }

  /** A value and its coder. */
  record Value<T>(Coder<T> coder, T value) {
    byte[] bytes() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      coder.encode(value, out);
      return out.toByteArray();
    }

    Value<T> copy() throws IOException {
      return new Value<>(coder, coder.decode(new ByteArrayInputStream(bytes())));
    }
  }

  static List<Sample<?>> samples() {
    Arbitrary<MeterDay> meterDays =
        Combinators.combine(readingSets().list().ofMaxSize(3), slots(Intervals.PER_DAY))
            .as(MeterDay::new);
    Arbitrary<GroupDay> groupDays =
        Combinators.combine(
                Arbitraries.maps(Arbitraries.integers().between(0, 63), slots(96)).ofMaxSize(3),
                slots(Intervals.PER_DAY))
            .as(GroupDay::new);
    Arbitrary<ChannelExtent> extents =
        Combinators.combine(INTS, INTS, LONGS, INTS).as(ChannelExtent::new);
    Arbitrary<ReadingBlock.Part> readingParts =
        Combinators.combine(channels(), readingSets()).as(ReadingBlock.Part::new);
    Arbitrary<GroupUpdate.Part> groupParts =
        Combinators.combine(channels(), LONGS, consumptions()).as(GroupUpdate.Part::new);
    return List.of(
        new Sample<>(new PeriodKey.PeriodKeyCoder(), keys()),
        new Sample<>(new ChannelExtent.ChannelExtentCoder(), extents),
        new Sample<>(
            new DirtyRange.DirtyRangeCoder(),
            Combinators.combine(channels(), LONGS, LONGS, LONGS).as(DirtyRange::new)),
        new Sample<>(ReadingSet.ReadingSetCoder.of(), readingSets()),
        new Sample<>(Slots.SlotsCoder.of(), slots(Intervals.PER_DAY)),
        new Sample<>(new MeterDay.MeterDayCoder(), meterDays),
        new Sample<>(new GroupDay.GroupDayCoder(), groupDays),
        new Sample<>(
            MeterBucket.MeterBucketCoder.of(),
            Combinators.combine(
                    sorted(keys(), meterDays),
                    sorted(channels(), extents),
                    sorted(keys(), slots(31)),
                    sorted(keys(), slots(Intervals.PER_DAY)))
                .as(MeterBucket::new)),
        new Sample<>(
            GroupBucket.GroupBucketCoder.of(),
            Combinators.combine(sorted(keys(), groupDays), sorted(keys(), slots(31)))
                .as(GroupBucket::new)),
        new Sample<>(ReadingBlock.PartCoder.INSTANCE, readingParts),
        new Sample<>(
            ReadingBlock.ReadingBlockCoder.of(),
            readingParts.list().ofMaxSize(3).map(ReadingBlock::new)),
        new Sample<>(GroupUpdate.PartCoder.INSTANCE, groupParts),
        new Sample<>(
            GroupUpdate.GroupUpdateCoder.of(),
            Combinators.combine(INTS, groupParts.list().ofMaxSize(3)).as(GroupUpdate::new)));
  }

  private static <K extends Comparable<K>, V> Arbitrary<SortedMap<K, V>> sorted(
      Arbitrary<K> keys, Arbitrary<V> values) {
    return Arbitraries.maps(keys, values).ofMaxSize(3).map(TreeMap::new);
  }

  private static Arbitrary<MeterChannel> channels() {
    return Combinators.combine(
            Arbitraries.strings().withCharRange('a', 'ż').ofMaxLength(6),
            Arbitraries.of("import", "export", ""))
        .as(MeterChannel::new);
  }

  private static Arbitrary<PeriodKey> keys() {
    return Combinators.combine(channels(), INTS).as(PeriodKey::new);
  }

  private static Arbitrary<ReadingSet> readingSets() {
    return Combinators.combine(
            Arbitraries.oneOf(Arbitraries.integers().between(0, 99).map(Long::valueOf), LONGS),
            Arbitraries.oneOf(LONGS, Arbitraries.of(0L, 1_000_000L, 1_001_000L)),
            Arbitraries.of(0L, 0L, 60_000L, 900_001L),
            Arbitraries.of(-1L, -1L, 0L, Long.MAX_VALUE),
            Arbitraries.of(Quality.class))
        .as(ReadingSet.Entry::new)
        .list()
        .ofMaxSize(6)
        .map(
            entries -> {
              ReadingSet.Builder builder = new ReadingSet.Builder();
              entries.forEach(
                  e -> builder.add(e.time(), e.value(), e.duration(), e.sequence(), e.quality()));
              return builder.build();
            });
  }

  private static Arbitrary<Consumption> consumptions() {
    return Combinators.combine(
            LONGS,
            LONGS,
            LONGS,
            LONGS,
            Arbitraries.of(Quality.class),
            Arbitraries.longs().between(0, 900_000),
            Arbitraries.longs().greaterOrEqual(0))
        .as(
            (energy, covered, min, max, quality, millis, revision) ->
                new Consumption(
                    energy,
                    covered,
                    900_000,
                    min,
                    max,
                    3,
                    5,
                    QualityMix.of(quality, millis),
                    revision));
  }

  private static Arbitrary<Slots> slots(int size) {
    return Arbitraries.maps(Arbitraries.integers().between(0, size - 1), consumptions())
        .ofMaxSize(3)
        .map(
            content -> {
              Slots slots = Slots.empty(size);
              for (var entry : content.entrySet()) {
                slots = slots.with(entry.getKey(), entry.getValue());
              }
              return slots;
            });
  }

  @Provide
  Arbitrary<Value<?>> values() {
    return Arbitraries.of(samples()).flatMap(sample -> sample.any().map(value -> value));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aValueComesBackEqual(@ForAll("values") Value<?> value) throws Exception {
    assertThat((Object) value.copy().value())
        .isEqualTo(value.value())
        .hasSameHashCodeAs(value.value());
    assertThat(value.copy().bytes()).as("deterministic").isEqualTo(value.bytes());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void bytesAreEqualWhereValuesAre(@ForAll("values") Value<?> a, @ForAll("values") Value<?> b)
      throws Exception {
    if (a.coder().getClass() == b.coder().getClass()) {
      assertThat(Arrays.equals(a.bytes(), b.bytes())).isEqualTo(a.value().equals(b.value()));
    }
  }

  /**
   * A coder reads its own bytes and not one more: state and blocks are written one after another.
   */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void valuesFollowEachOther(@ForAll("values") Value<?> first, @ForAll("values") Value<?> second)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first.bytes());
    out.write(second.bytes());
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThat((Object) first.coder().decode(in)).isEqualTo(first.value());
    assertThat((Object) second.coder().decode(in)).isEqualTo(second.value());
    assertThat(in.available()).isZero();
  }
}
