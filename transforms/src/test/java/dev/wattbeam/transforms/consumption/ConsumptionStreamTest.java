package dev.wattbeam.transforms.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.quality.ValidateReadings;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** When rows are handed on: early, on time, late and too late. */
class ConsumptionStreamTest {
  private static final long NOON = Instant.parse("2024-03-01T12:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final long QUARTER = 15 * MINUTE;
  private static final long KWH = Energy.MJ_PER_KWH;
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

  /** One kW for a minute each. */
  private static final long MINUTE_ENERGY = KWH / 60;

  private static MeterDirectorySource directory() {
    return () ->
        new MeterDirectory(
            List.of(
                Meter.of(
                    "m1",
                    MeterType.generic("household").withNominalPeriod(MINUTE),
                    PARIS,
                    Map.of("import", ReadingType.POWER))),
            List.of(new Group("feeder", "feeder", PARIS)),
            List.of(Membership.ofMeter("m1", "feeder")));
  }

  private static ReadingBatch batch(long clock, long... minutes) {
    ReadingBatch.Builder batch = new ReadingBatch.Builder("readings", 0, clock, 16);
    for (long minute : minutes) {
      batch.add(
          Reading.of("m1", "import", ReadingType.POWER, NOON + minute * MINUTE, Energy.NANOS, 0),
          minute,
          NOON + 30 * 24 * 60 * MINUTE,
          new byte[0]);
    }
    return batch.build();
  }

  private static org.joda.time.Instant at(long minute) {
    return org.joda.time.Instant.ofEpochMilli(NOON + minute * MINUTE);
  }

  /** Runs both computing steps and asserts on what they hand on. */
  private static void run(
      TestStream<ReadingBatch> stream,
      SerializableFunction<Iterable<ConsumptionRows>, Void> rows,
      SerializableFunction<Iterable<LateReading>, Void> late,
      SerializableFunction<Iterable<DeadLetter>, Void> conflicts) {
    run(stream, Emission.streaming(Duration.standardSeconds(5)), rows, late, conflicts);
  }

  private static void run(
      TestStream<ReadingBatch> stream,
      Emission emission,
      SerializableFunction<Iterable<ConsumptionRows>, Void> rows,
      SerializableFunction<Iterable<LateReading>, Void> late,
      SerializableFunction<Iterable<DeadLetter>, Void> conflicts) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    MeterDirectorySource directory = directory();
    PCollectionTuple validated =
        pipeline
            .apply(stream)
            .apply("Validate", ValidateReadings.of(directory, ReadingLimits.DEFAULT, 4, "test"));
    PCollectionTuple computed =
        validated
            .get(ValidateReadings.GOOD)
            .apply(
                "Compute",
                ComputeConsumption.of(
                    directory, ReadingLimits.DEFAULT.allowedLatenessMillis(), emission, 2, "test"));
    PCollection<ConsumptionRows> groups =
        computed
            .get(ComputeConsumption.GROUP_UPDATES)
            .apply(
                "Groups",
                AggregateGroups.of(
                    directory, ReadingLimits.DEFAULT.allowedLatenessMillis(), emission));
    PAssert.that(computed.get(ComputeConsumption.ROWS)).satisfies(rows);
    PAssert.that(groups).satisfies(rows);
    PAssert.that(validated.get(ValidateReadings.LATE)).satisfies(late);
    PAssert.that(computed.get(ComputeConsumption.CONFLICTS)).satisfies(conflicts);
    pipeline.run().waitUntilFinish();
  }

  private static List<Consumption> intervals(Iterable<ConsumptionRows> batches, long start) {
    return rows(batches).stream()
        .filter(row -> row.level() == Level.INTERVAL && row.startMillis() == start)
        .map(ConsumptionRow::consumption)
        .sorted(Comparator.comparingLong(Consumption::revision))
        .toList();
  }

  private static List<ConsumptionRow> rows(Iterable<ConsumptionRows> batches) {
    List<ConsumptionRow> rows = new ArrayList<>();
    batches.forEach(batch -> rows.addAll(batch.rows()));
    return rows;
  }

  private static Void nothing(Iterable<?> elements) {
    assertThat(elements).isEmpty();
    return null;
  }

  @Test
  void earlyOnTimeAndLateResultsRefineOneRow() {
    TestStream<ReadingBatch> stream =
        TestStream.create(ReadingBatchCoder.of())
            .advanceWatermarkTo(at(0))
            .addElements(batch(Long.MIN_VALUE, 1, 2, 3))
            // Early: nothing but time has passed, once for the meters and once for the groups.
            .advanceProcessingTime(Duration.standardSeconds(6))
            .advanceProcessingTime(Duration.standardSeconds(6))
            .addElements(batch(NOON + 3 * MINUTE, 4, 5))
            // On time: the watermark passes the end of the interval, no processing time needed.
            .advanceWatermarkTo(at(16))
            // Late by hours, within the allowed day: the row is refined.
            .addElements(batch(NOON + 20 * 60 * MINUTE, 6))
            .advanceProcessingTime(Duration.standardSeconds(6))
            .advanceWatermarkToInfinity();
    run(
        stream,
        batches -> {
          List<Consumption> row = intervals(batches, NOON);
          assertThat(row)
              .extracting(Consumption::energyMj)
              .containsExactly(3 * MINUTE_ENERGY, 5 * MINUTE_ENERGY, 6 * MINUTE_ENERGY);
          assertThat(row).extracting(Consumption::revision).isSorted().doesNotHaveDuplicates();
          assertThat(row.get(2).coverage()).isEqualTo(0.4);
          Map<Level, Long> last = new TreeMap<>();
          rows(batches).stream()
              .sorted(Comparator.comparingLong(r -> r.consumption().revision()))
              .forEach(r -> last.put(r.level(), r.consumption().energyMj()));
          assertThat(last.values()).hasSize(4).containsOnly(6 * MINUTE_ENERGY);
          return null;
        },
        ConsumptionStreamTest::nothing,
        ConsumptionStreamTest::nothing);
  }

  @Test
  void tooLateReadingsAreKeptAsideAndChangeNoRow() {
    long nextDay = 26 * 60;
    TestStream<ReadingBatch> stream =
        TestStream.create(ReadingBatchCoder.of())
            .addElements(batch(Long.MIN_VALUE, 1))
            .advanceWatermarkTo(at(nextDay))
            .addElements(batch(NOON + nextDay * MINUTE, nextDay + 1, 2))
            .advanceWatermarkToInfinity();
    run(
        stream,
        batches -> {
          assertThat(intervals(batches, NOON))
              .isNotEmpty()
              .extracting(Consumption::energyMj)
              .containsOnly(MINUTE_ENERGY);
          return null;
        },
        late -> {
          assertThat(late)
              .singleElement()
              .satisfies(
                  reading -> {
                    assertThat(reading.reading().timeMillis()).isEqualTo(NOON + 2 * MINUTE);
                    assertThat(reading.latenessMillis()).isEqualTo((nextDay - 1) * MINUTE);
                  });
          return null;
        },
        ConsumptionStreamTest::nothing);
  }

  @Test
  void copiesInLaterBundlesChangeNothingAndConflictsAreDeadLetters() {
    ReadingBatch other =
        new ReadingBatch.Builder("readings", 0, NOON, 1)
            .add(
                Reading.of("m1", "import", ReadingType.POWER, NOON + MINUTE, 2 * Energy.NANOS, 0),
                9,
                NOON + QUARTER,
                new byte[0])
            .build();
    TestStream<ReadingBatch> stream =
        TestStream.create(ReadingBatchCoder.of())
            .advanceWatermarkTo(at(0))
            .addElements(batch(Long.MIN_VALUE, 1, 2))
            .advanceProcessingTime(Duration.standardSeconds(6))
            .addElements(batch(NOON, 2, 1, 1))
            .advanceProcessingTime(Duration.standardSeconds(6))
            .advanceProcessingTime(Duration.standardSeconds(6))
            .addElements(other)
            .advanceWatermarkToInfinity();
    run(
        stream,
        batches -> {
          assertThat(intervals(batches, NOON))
              .extracting(Consumption::energyMj)
              .containsExactly(2 * MINUTE_ENERGY, 3 * MINUTE_ENERGY);
          return null;
        },
        ConsumptionStreamTest::nothing,
        letters -> {
          assertThat(letters)
              .singleElement()
              .satisfies(
                  letter ->
                      assertThat(letter.code()).isEqualTo(DeadLetterCode.CONFLICTING_READING));
          return null;
        });
  }

  @Test
  void withoutTimersEachElementIsHandedOnAtOnce() {
    TestStream<ReadingBatch> stream =
        TestStream.create(ReadingBatchCoder.of())
            .addElements(batch(Long.MIN_VALUE, 1, 2, 3))
            .addElements(batch(NOON + 3 * MINUTE, 4, 2))
            .addElements(batch(NOON + 3 * MINUTE, 4))
            .advanceWatermarkToInfinity();
    run(
        stream,
        Emission.atOnce(),
        batches -> {
          // The copy, too: it may be the repetition of an attempt whose rows are lost.
          assertThat(intervals(batches, NOON))
              .extracting(Consumption::energyMj)
              .containsExactly(3 * MINUTE_ENERGY, 4 * MINUTE_ENERGY, 4 * MINUTE_ENERGY);
          return null;
        },
        ConsumptionStreamTest::nothing,
        ConsumptionStreamTest::nothing);
  }

  @Test
  void groupRowsFollowTheirMembers() {
    TestStream<ReadingBatch> stream =
        TestStream.create(ReadingBatchCoder.of())
            .addElements(batch(Long.MIN_VALUE, 1, 2, 3, 17))
            .advanceWatermarkToInfinity();
    run(
        stream,
        batches -> {
          List<ConsumptionRow> rows = rows(batches);
          OwnerKind kind = rows.get(0).ownerKind();
          assertThat(rows).allMatch(row -> row.ownerKind() == kind);
          assertThat(rows)
              .filteredOn(row -> row.level() == Level.DAY)
              .last()
              .satisfies(
                  row -> assertThat(row.consumption().energyMj()).isEqualTo(4 * MINUTE_ENERGY));
          return null;
        },
        ConsumptionStreamTest::nothing,
        ConsumptionStreamTest::nothing);
  }
}
