package dev.wattbeam.transforms.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The laws of a set union. All that is said about arrival order, copies and bundles rests on them.
 */
class ReadingSetProperties {
  private static final long START = 1_709_251_200_000L;
  private static final long MINUTE = 60_000;

  /** Few times, values and durations, so that copies and conflicts are common. */
  @Provide
  Arbitrary<List<ReadingSet.Entry>> readings() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 12).map(minute -> START + minute * MINUTE),
            Arbitraries.longs().between(-1, 2).map(value -> value * 1_000_000),
            Arbitraries.of(0L, 0L, 0L, MINUTE, 15 * MINUTE),
            Arbitraries.of(Reading.NO_SEQUENCE, Reading.NO_SEQUENCE, 0L, 7L),
            Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Quality.VALID)),
                Tuple.of(2, Arbitraries.of(Quality.class))))
        .as(ReadingSet.Entry::new)
        .list()
        .ofMaxSize(14);
  }

  private static ReadingSet set(List<ReadingSet.Entry> readings) {
    ReadingSet.Builder builder = new ReadingSet.Builder();
    for (ReadingSet.Entry reading : readings) {
      builder.add(
          reading.time(),
          reading.value(),
          reading.duration(),
          reading.sequence(),
          reading.quality());
    }
    return builder.build();
  }

  @Property
  void unionIsCommutative(
      @ForAll("readings") List<ReadingSet.Entry> a, @ForAll("readings") List<ReadingSet.Entry> b) {
    assertThat(set(a).union(set(b)))
        .isEqualTo(set(b).union(set(a)))
        .hasSameHashCodeAs(set(b).union(set(a)));
  }

  @Property
  void unionIsAssociative(
      @ForAll("readings") List<ReadingSet.Entry> a,
      @ForAll("readings") List<ReadingSet.Entry> b,
      @ForAll("readings") List<ReadingSet.Entry> c) {
    assertThat(set(a).union(set(b)).union(set(c))).isEqualTo(set(a).union(set(b).union(set(c))));
  }

  @Property
  void unionIsIdempotent(
      @ForAll("readings") List<ReadingSet.Entry> a, @ForAll("readings") List<ReadingSet.Entry> b) {
    ReadingSet union = set(a).union(set(b));
    assertThat(set(a).union(set(a))).isEqualTo(set(a));
    assertThat(union.union(set(a))).isEqualTo(union);
    assertThat(set(b).union(union)).isEqualTo(union);
    assertThat(set(a).union(ReadingSet.EMPTY)).isEqualTo(set(a));
    assertThat(ReadingSet.EMPTY.union(set(a))).isEqualTo(set(a));
  }

  /** Bundles do not matter: one set of everything is the union of the sets of its parts. */
  @Property
  void buildingIsUnion(@ForAll("readings") List<ReadingSet.Entry> readings, @ForAll long seed) {
    List<ReadingSet.Entry> shuffled = new ArrayList<>(readings);
    Collections.shuffle(shuffled, new Random(seed));
    ReadingSet union = ReadingSet.EMPTY;
    for (ReadingSet.Entry reading : shuffled) {
      union = union.union(set(List.of(reading)));
    }
    assertThat(union).isEqualTo(set(readings));
  }

  @Property
  void slicesAreWhatTheirReadingsAre(@ForAll("readings") List<ReadingSet.Entry> readings) {
    ReadingSet whole = set(readings);
    int cut = whole.firstAfter(START + 5 * MINUTE);
    ReadingSet early = whole.slice(0, cut);
    ReadingSet late = whole.slice(cut, whole.size());
    assertThat(early)
        .isEqualTo(set(readings.stream().filter(r -> r.time() <= START + 5 * MINUTE).toList()));
    assertThat(late)
        .isEqualTo(set(readings.stream().filter(r -> r.time() > START + 5 * MINUTE).toList()));
    assertThat(late.union(early)).isEqualTo(whole);
  }

  /** What is added is new, a copy or in conflict: nothing is lost between the counters. */
  @Property
  void everyReadingIsCountedOnce(
      @ForAll("readings") List<ReadingSet.Entry> a, @ForAll("readings") List<ReadingSet.Entry> b) {
    ReadingSet first = set(a);
    ReadingSet second = set(b);
    ReadingSet.Merge merge = new ReadingSet.Merge();
    ReadingSet union = first.union(second, merge);
    assertThat(merge.accepted() + merge.duplicates() + merge.conflicts()).isEqualTo(second.size());
    assertThat(merge.accepted()).isEqualTo(times(union).size() - times(first).size());
    assertThat(different(union).size())
        .isEqualTo(different(first).size() + merge.accepted() + merge.conflicts());
    assertThat(merge.losers()).allMatch(loser -> contains(union, loser));
  }

  /** In any order; the letters say who was overruled when they were written. */
  @Property
  void countersAreThoseOfTheSetAndWhoIsNotUsedHasALetter(
      @ForAll("readings") List<ReadingSet.Entry> readings) {
    ReadingSet.Merge merge = new ReadingSet.Merge();
    ReadingSet known = ReadingSet.EMPTY;
    for (ReadingSet.Entry reading : readings) {
      int before = merge.losers().size();
      known = known.union(set(List.of(reading)), merge);
      assertThat(losers(known)).containsAll(merge.losers().subList(before, merge.losers().size()));
    }
    assertThat(merge.accepted()).isEqualTo(times(known).size());
    assertThat(merge.conflicts()).isEqualTo(different(known).size() - times(known).size());
    assertThat(merge.duplicates()).isEqualTo(readings.size() - different(known).size());
    assertThat(identities(merge.losers())).containsAll(identities(losers(known)));

    ReadingSet.Merge inOneGo = new ReadingSet.Merge();
    ReadingSet.EMPTY.union(known, inOneGo);
    assertThat(inOneGo.losers()).isEqualTo(losers(known));
  }

  /** A letter cannot be taken back: its reading may be preferred again. */
  @Example
  void aTurnedPreferenceLeavesALetterForEachThatLost() {
    ReadingSet.Entry first = entry(0, 5, 1, Quality.VALID);
    ReadingSet.Entry rival = entry(0, 6, 2, Quality.VALID);
    ReadingSet.Entry again = entry(0, 5, 3, Quality.VALID);

    ReadingSet.Merge turned = merge(first, rival, again);
    assertThat(turned.losers()).containsExactly(first, rival);
    ReadingSet.Merge settled = merge(first, again, rival);
    assertThat(settled.losers()).containsExactly(rival);
    for (ReadingSet.Merge merge : List.of(turned, settled)) {
      assertThat(merge.accepted()).isEqualTo(1);
      assertThat(merge.duplicates()).isEqualTo(1);
      assertThat(merge.conflicts()).isEqualTo(1);
    }
  }

  private static ReadingSet.Merge merge(ReadingSet.Entry... readings) {
    ReadingSet.Merge merge = new ReadingSet.Merge();
    ReadingSet known = ReadingSet.EMPTY;
    for (ReadingSet.Entry reading : readings) {
      known = known.union(set(List.of(reading)), merge);
    }
    assertThat(losers(known)).containsExactly(entry(0, 6, 2, Quality.VALID));
    return merge;
  }

  private static List<ReadingSet.Entry> losers(ReadingSet set) {
    List<ReadingSet.Entry> losers = new ArrayList<>(different(set));
    Set<Long> seen = new HashSet<>();
    losers.removeIf(entry -> seen.add(entry.time()));
    return losers;
  }

  /** The readings of a set without their copies. */
  private static List<ReadingSet.Entry> different(ReadingSet set) {
    List<ReadingSet.Entry> different = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      ReadingSet.Entry entry =
          new ReadingSet.Entry(
              set.time(i), set.value(i), set.duration(i), set.sequence(i), set.quality(i));
      if (different.stream().noneMatch(entry::sameReading)) {
        different.add(entry);
      }
    }
    return different;
  }

  /** What makes two readings one. */
  private static List<List<Long>> identities(List<ReadingSet.Entry> readings) {
    return readings.stream().map(r -> List.of(r.time(), r.value(), r.duration())).toList();
  }

  private static Set<Long> times(ReadingSet set) {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < set.size(); i++) {
      times.add(set.time(i));
    }
    return times;
  }

  private static boolean contains(ReadingSet set, ReadingSet.Entry entry) {
    for (int i = 0; i < set.size(); i++) {
      if (set.time(i) == entry.time() && set.value(i) == entry.value()) {
        return true;
      }
    }
    return false;
  }

  /** Sequence, then quality, then duration, then value. */
  @Property
  void thePreferredReadingComesFirst(@ForAll("readings") List<ReadingSet.Entry> readings) {
    ReadingSet set = set(readings);
    for (int i = 1; i < set.size(); i++) {
      assertThat(set.time(i)).isGreaterThanOrEqualTo(set.time(i - 1));
      assertThat(set.preferred(i)).isEqualTo(set.time(i) != set.time(i - 1));
      if (!set.preferred(i)) {
        assertThat(preference(set, i - 1)).isGreaterThan(preference(set, i));
      }
    }
  }

  /** The preference as one number: each part has room for its values here. */
  private static long preference(ReadingSet set, int i) {
    long minutes = set.duration(i) / MINUTE;
    long value = set.value(i) / 1_000_000 + 1;
    return (((set.sequence(i) + 1) * 100 + set.quality(i).rank()) * 100 + minutes) * 100 + value;
  }

  @Example
  void aCopyWithAHigherNumberComesFirst() {
    ReadingSet.Entry plain = entry(0, 5, Reading.NO_SEQUENCE, Quality.ESTIMATED_LINEAR);
    ReadingSet.Entry numbered = entry(0, 5, 3, Quality.QUESTIONABLE);
    ReadingSet.Merge merge = new ReadingSet.Merge();
    ReadingSet set = set(List.of(plain)).union(set(List.of(numbered, numbered)), merge);
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.quality(0)).isEqualTo(Quality.QUESTIONABLE);
    assertThat(merge.duplicates()).isEqualTo(1);
    assertThat(merge.losers()).isEmpty();
  }

  /** Two kinds of estimates are no tie: the order of arrival must not decide. */
  @Example
  void aCopyOfAnotherEstimate() {
    ReadingSet linear = set(List.of(entry(0, 5, 0, Quality.ESTIMATED_LINEAR)));
    ReadingSet likeDay = set(List.of(entry(0, 5, 0, Quality.ESTIMATED_REFERENCE_DAY)));
    assertThat(linear.union(likeDay)).isEqualTo(likeDay.union(linear));
    assertThat(linear.union(likeDay).quality(0)).isEqualTo(Quality.ESTIMATED_REFERENCE_DAY);
  }

  private static ReadingSet.Entry entry(int minute, long value, long sequence, Quality quality) {
    return new ReadingSet.Entry(START + minute * MINUTE, value, 0, sequence, quality);
  }

  /** State is small: three decimals of a kW once a minute are a few bytes a reading. */
  @Example
  void aDayOfMinutesIsSmall() throws Exception {
    double perReading = bytesPerReading(1_440, MINUTE, 0, false);
    double seconds = bytesPerReading(86_400, 1_000, 0, false);
    double everything = bytesPerReading(1_440, MINUTE, MINUTE, true);
    System.out.printf(
        "bytes per reading: every minute %.2f, every second %.2f, minute with duration, sequence"
            + " and quality %.2f%n",
        perReading, seconds, everything);
    assertThat(perReading).isLessThan(4);
    assertThat(seconds).isLessThan(4);
    assertThat(everything).isLessThan(7);
  }

  /** A household's load in kW with three decimals: mostly small steps, sometimes an appliance. */
  private static double bytesPerReading(int count, long step, long duration, boolean all)
      throws Exception {
    Random random = new Random(1);
    ReadingSet.Builder builder = new ReadingSet.Builder();
    double watts = 300;
    for (int i = 0; i < count; i++) {
      watts = Math.max(50, watts + random.nextGaussian() * 20);
      long load = Math.round(watts) + (i / 30 % 12 == 0 ? 2_000 : 0);
      builder.add(
          START + i * step,
          load * 1_000_000,
          duration,
          all ? i : Reading.NO_SEQUENCE,
          all && i % 50 == 0 ? Quality.ESTIMATED_LINEAR : Quality.VALID);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ReadingSet.ReadingSetCoder.of().encode(builder.build(), out);
    return (double) out.size() / count;
  }
}
