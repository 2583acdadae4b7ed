package dev.wattbeam.oracle;

import static dev.wattbeam.oracle.History.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.SequentialModel.Limits;
import dev.wattbeam.oracle.SequentialModel.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SequentialModelProperties {
  private static final MeterType TYPE =
      MeterType.generic("t").withMaxPower(nanos("12")).withRegisterModulus(nanos("100"));

  @Property(tries = 60)
  void orderAndCopiesDoNotMatter(
      @ForAll long seed, @ForAll ReadingType type, @ForAll @IntRange(min = 1, max = 60) int n) {
    Random random = new Random(seed);
    List<Reading> readings = new ArrayList<>();
    long time = Instant.parse("2024-03-30T20:00:00Z").toEpochMilli();
    for (int i = 0; i < n; i++) {
      time += 1_000L * (1 + random.nextInt(2_000));
      long value = random.nextInt(5) == 0 ? 0 : random.nextInt(20) * 100_000_000L;
      readings.add(
          Reading.of("m", "c", type, time, value, type == ReadingType.INTERVAL ? 900_000 : 0));
    }
    Result inOrder = run(type, readings);
    List<Reading> shuffled = new ArrayList<>(readings);
    shuffled.addAll(readings.subList(0, n / 2));
    Collections.shuffle(shuffled, random);
    Result outOfOrder = run(type, shuffled);

    assertThat(outOfOrder.rows()).isEqualTo(inOrder.rows());
    assertThat(outOfOrder.duplicates()).isEqualTo(n / 2 + inOrder.duplicates());
    assertThat(outOfOrder.accepted()).isEqualTo(inOrder.accepted());
  }

  /** Rows are there for whatever a part of the readings, known before the others, had covered. */
  @Property(tries = 200)
  void rowsStayAndRevisionsGrowAsReadingsBecomeKnown(
      @ForAll long seed,
      @ForAll ReadingType type,
      @ForAll boolean nominal,
      @ForAll @IntRange(min = 1, max = 30) int n) {
    Random random = new Random(seed);
    List<Reading> readings = new ArrayList<>();
    long start = Instant.parse("2024-03-30T20:00:00Z").toEpochMilli();
    long span = 60_000L * (60 + random.nextInt(60 * 72));
    for (int i = 0; i < n; i++) {
      long time = start + (1 + random.nextInt(20)) * span / 20;
      boolean stated = type != ReadingType.REGISTER && random.nextBoolean();
      readings.add(
          new Reading(
              "m",
              "c",
              type,
              time,
              (random.nextInt(5) == 0 ? 0 : random.nextInt(20)) * 100_000_000L,
              stated ? 60_000L * (1 + random.nextInt(1_500)) : 0,
              random.nextInt(3),
              Quality.VALID));
    }
    MeterType meterType =
        nominal ? TYPE.withNominalPeriod(1_800_000) : TYPE.withMaxPower(nanos("50"));

    Result some = run(meterType, type, readings.subList(0, 1 + random.nextInt(n)));
    Result all = run(meterType, type, readings);

    assertThat(all.rows().keySet()).containsAll(some.rows().keySet());
    some.rows()
        .forEach(
            (key, row) -> {
              Consumption before = row.consumption();
              Consumption after = all.rows().get(key).consumption();
              if (before.sameContent(after)) {
                assertThat(before.revision()).isLessThanOrEqualTo(after.revision());
              } else {
                assertThat(before.revision()).isLessThan(after.revision());
              }
            });
  }

  private static Result run(ReadingType type, List<Reading> readings) {
    return run(TYPE, type, readings);
  }

  private static Result run(MeterType meterType, ReadingType type, List<Reading> readings) {
    MeterDirectory directory =
        new MeterDirectory(
            List.of(Meter.of("m", meterType, ZoneId.of("Europe/Paris"), Map.of("c", type))),
            List.of(),
            List.of());
    History history = new History("t");
    long sent = Instant.parse("2024-06-01T00:00:00Z").toEpochMilli();
    readings.forEach(reading -> history.add(0, reading, sent));
    return new SequentialModel(
            directory, Limits.DEFAULT.withAllowedLateness(Duration.ofDays(365).toMillis()))
        .run(history.batches());
  }
}
