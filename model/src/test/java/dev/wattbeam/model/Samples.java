package dev.wattbeam.model;

import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random values of every type that travels between the steps of a pipeline. */
final class Samples {
  private static final Arbitrary<Long> LONGS =
      Arbitraries.oneOf(
          Arbitraries.longs(), Arbitraries.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE));
  private static final Arbitrary<Long> LENGTHS =
      Arbitraries.oneOf(
          Arbitraries.longs().greaterOrEqual(0), Arbitraries.of(0L, 1L, Long.MAX_VALUE));

  /** Any Unicode text but half surrogate pairs, which UTF-8 cannot say. */
  private static final Arbitrary<String> TEXTS =
      Arbitraries.strings()
          .ofMaxLength(12)
          .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));

  private Samples() {}

  /** Values by type: one entry for each type that has a default coder. */
  static Map<Class<?>, Arbitrary<?>> byType() {
    return Map.of(
        MeterChannel.class, meterChannels(),
        Reading.class, readings(),
        ReadingBatch.class, readingBatches(),
        LateReading.class, lateReadings(),
        DeadLetter.class, deadLetters(),
        GridSignal.class, gridSignals(),
        Consumption.class, consumptions(),
        ConsumptionRow.class, consumptionRows(),
        ConsumptionRows.class, consumptionRows().list().ofMaxSize(5).map(ConsumptionRows::new));
  }

  private static Arbitrary<GridSignal> gridSignals() {
    Arbitrary<GridValue> values =
        Combinators.combine(
                TEXTS, Arbitraries.of(GridKind.class), Arbitraries.of(GridUnit.class), LONGS)
            .as(GridValue::new);
    return Combinators.combine(
            TEXTS,
            TEXTS,
            LONGS,
            LONGS,
            LONGS,
            Arbitraries.of(GridStage.class),
            values.list().ofMaxSize(4))
        .as(GridSignal::new);
  }

  static Arbitrary<MeterChannel> meterChannels() {
    return Combinators.combine(TEXTS, TEXTS).as(MeterChannel::new);
  }

  static Arbitrary<Reading> readings() {
    return Combinators.combine(
            TEXTS,
            TEXTS,
            Arbitraries.of(ReadingType.class),
            LONGS,
            LONGS,
            LENGTHS,
            Arbitraries.oneOf(LENGTHS, Arbitraries.just(Reading.NO_SEQUENCE)),
            Arbitraries.of(Quality.class))
        .as(Reading::new);
  }

  private static Arbitrary<ReadingBatch> readingBatches() {
    return Combinators.combine(
            TEXTS,
            Arbitraries.integers().greaterOrEqual(0),
            LONGS,
            // Few meters, so that the dictionary of channels is used.
            Combinators.combine(
                    readings(),
                    Arbitraries.integers().between(1, 3),
                    Arbitraries.of(true, false),
                    Arbitraries.bytes().array(byte[].class).ofMaxSize(6))
                .as(
                    (reading, meter, local, payload) ->
                        new BatchEntry(
                            new MeterChannel("m" + meter, "import"), reading, local, payload))
                .list()
                .ofMaxSize(8),
            deadLetters().list().ofMaxSize(2))
        .as(
            (source, partition, clock, entries, rejected) -> {
              ReadingBatch.Builder batch = new ReadingBatch.Builder(source, partition, clock, 0);
              for (BatchEntry entry : entries) {
                Reading reading = entry.reading();
                batch.add(
                    entry.channel(),
                    reading.type(),
                    reading.timeMillis(),
                    entry.local(),
                    reading.value(),
                    reading.durationMillis(),
                    reading.sequence(),
                    reading.quality(),
                    reading.timeMillis() / 2,
                    reading.value() / 3,
                    entry.payload());
              }
              rejected.forEach(batch::reject);
              return batch.build();
            });
  }

  private record BatchEntry(MeterChannel channel, Reading reading, boolean local, byte[] payload) {}

  private static Arbitrary<Origin> origins() {
    return Combinators.combine(TEXTS, Arbitraries.integers().greaterOrEqual(0), LONGS)
        .as(Origin::new);
  }

  private static Arbitrary<LateReading> lateReadings() {
    return Combinators.combine(readings(), origins(), LONGS).as(LateReading::new);
  }

  private static Arbitrary<DeadLetter> deadLetters() {
    return Combinators.combine(
            TEXTS, TEXTS, Arbitraries.of(DeadLetterCode.class), TEXTS, TEXTS, origins(), LONGS)
        .as(DeadLetter::new);
  }

  static Arbitrary<QualityMix> qualityMixes() {
    return Combinators.combine(
            Arbitraries.of(Quality.class), Arbitraries.longs().between(0, 1L << 40))
        .as(QualityMix::of)
        .list()
        .ofMaxSize(4)
        .map(parts -> parts.stream().reduce(QualityMix.NONE, QualityMix::plus));
  }

  static Arbitrary<Consumption> consumptions() {
    return Combinators.combine(
            LONGS,
            LENGTHS,
            LENGTHS,
            LONGS,
            LONGS,
            LENGTHS,
            Arbitraries.integers().between(0, (1 << RowFlag.values().length) - 1))
        .as(
            (energy, covered, expected, min, max, samples, flags) ->
                new Consumption(
                    energy, covered, expected, min, max, samples, flags, QualityMix.NONE, 0))
        .flatMap(
            row ->
                Combinators.combine(qualityMixes(), LENGTHS)
                    .as(
                        (quality, revision) ->
                            new Consumption(
                                row.energyMj(),
                                row.coveredMillis(),
                                row.expectedMillis(),
                                row.minPower(),
                                row.maxPower(),
                                row.samples(),
                                row.flags(),
                                quality,
                                revision)));
  }

  static Arbitrary<ConsumptionRow> consumptionRows() {
    return Combinators.combine(
            Arbitraries.of(OwnerKind.class),
            TEXTS,
            TEXTS,
            Arbitraries.of(Level.class),
            LONGS,
            LONGS,
            consumptions())
        .as(ConsumptionRow::new);
  }
}
