package dev.wattbeam.oracle;

import static dev.wattbeam.oracle.History.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.SequentialModel.Limits;
import dev.wattbeam.oracle.SequentialModel.Rejected;
import dev.wattbeam.oracle.SequentialModel.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequentialValidationTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final Instant SENT = Instant.parse("2024-03-01T12:00:00Z");
  private static final Meter METER =
      new Meter(
          "m1",
          MeterType.generic("t").withMaxPower(nanos("10")).withNominalPeriod(HOUR),
          PARIS,
          Map.of("import", ReadingType.POWER, "e", ReadingType.INTERVAL, "r", ReadingType.REGISTER),
          Meter.MULTIPLIER_ONE,
          Long.MIN_VALUE,
          Instant.parse("2024-03-02T00:00:00Z").toEpochMilli());
  private static final Meter NET =
      Meter.of(
          "net",
          MeterType.generic("net").withReversible(true),
          PARIS,
          Map.of("import", ReadingType.POWER, "r", ReadingType.REGISTER));
  private static final MeterDirectory DIRECTORY =
      new MeterDirectory(List.of(METER, NET), List.of(), List.of());

  private static Result run(History history) {
    return new SequentialModel(DIRECTORY, Limits.DEFAULT).run(history.batches());
  }

  private static Reading reading(
      String meter, String channel, ReadingType type, Instant time, String value, long duration) {
    return Reading.of(meter, channel, type, time.toEpochMilli(), nanos(value), duration);
  }

  @ParameterizedTest
  @CsvSource({
    // meter, channel, type, time, value, minutes, code
    "m2,  import, POWER,    2024-03-01T12:00:00Z, 1,        0,    UNKNOWN_METER",
    "m1,  import, POWER,    1999-12-31T23:59:59Z, 1,        0,    TIME_TOO_OLD",
    "m1,  import, POWER,    2000-01-01T00:00:00Z, 1,        0,    ",
    "m1,  import, POWER,    2024-03-01T13:00:00Z, 1,        0,    ",
    "m1,  import, POWER,    2024-03-01T13:00:01Z, 1,        0,    TIME_IN_FUTURE",
    "m1,  export, POWER,    2024-03-01T12:00:00Z, 1,        0,    UNKNOWN_CHANNEL",
    "m1,  e,      POWER,    2024-03-01T12:00:00Z, 1,        0,    READING_TYPE_MISMATCH",
    "m1,  e,      INTERVAL, 2024-03-01T12:00:00Z, 1,        1501, INVALID_DURATION",
    "m1,  e,      INTERVAL, 2024-03-01T12:00:00Z, 1,        -1,   INVALID_DURATION",
    "m1,  e,      INTERVAL, 2024-03-01T12:00:00Z, 10,       0,    ",
    "m1,  e,      INTERVAL, 2024-03-01T12:00:00Z, 10,       59,   VALUE_OUT_OF_RANGE",
    "m1,  import, POWER,    2024-03-01T12:00:00Z, 10.1,     0,    VALUE_OUT_OF_RANGE",
    "m1,  import, POWER,    2024-03-01T12:00:00Z, -1,       0,    NEGATIVE_VALUE",
    "net, import, POWER,    2024-03-01T12:00:00Z, -1,       0,    ",
    "net, import, POWER,    2024-03-01T12:00:00Z, 10000001, 0,    VALUE_OUT_OF_RANGE",
    "net, r,      REGISTER, 2024-03-01T12:00:00Z, -1,       0,    NEGATIVE_VALUE",
    "net, r,      REGISTER, 2024-03-01T12:00:00Z, 2500000001, 0,  VALUE_OUT_OF_RANGE",
    "net, r,      REGISTER, 2024-03-01T12:00:00Z, 2500000000, 0,  ",
  })
  void firstFailedCheckDecides(
      String meter,
      String channel,
      ReadingType type,
      Instant time,
      String value,
      long minutes,
      DeadLetterCode code) {
    Result result =
        run(
            new History("t")
                .add(
                    0,
                    reading(meter, channel, type, time, value, minutes * 60_000),
                    SENT.toEpochMilli()));

    assertThat(result.rejected())
        .extracting(Rejected::code)
        .isEqualTo(code == null ? List.of() : List.of(code));
    assertThat(result.accepted()).isEqualTo(code == null ? 1 : 0);
  }

  @Test
  void meterIsInServiceForTheIntervalThatAReadingCloses() {
    Instant end = Instant.parse("2024-03-02T00:00:00Z");
    Result result =
        run(
            new History("t")
                .add(reading("m1", "import", ReadingType.POWER, end, "1", 0))
                .add(reading("m1", "import", ReadingType.POWER, end.plusMillis(1), "1", 0)));

    assertThat(result.deadLetters()).isEqualTo(Map.of(DeadLetterCode.INACTIVE_METER, 1L));
  }

  @Test
  void latenessIsAgainstTheClockOfThePartition() {
    Instant late = SENT.minus(Duration.ofDays(1));
    Reading now = reading("m1", "import", ReadingType.POWER, SENT, "1", 0);
    Reading onTheLine = reading("m1", "import", ReadingType.POWER, late, "1", 0);
    Reading tooLate = reading("m1", "import", ReadingType.POWER, late.minusMillis(1), "1", 0);
    long sent = SENT.toEpochMilli();
    History history =
        new History("t")
            // A time that the limits refuse does not move the clock.
            .add(
                0, reading("m1", "import", ReadingType.POWER, SENT.plusSeconds(7200), "1", 0), sent)
            .add(0, reading("m1", "import", ReadingType.POWER, late.minusMillis(2), "1", 0), sent)
            // A message of an unknown meter does.
            .add(0, reading("m9", "import", ReadingType.POWER, SENT, "1", 0), sent)
            .add(0, onTheLine, sent)
            .add(0, tooLate, sent)
            .add(1, tooLate, sent)
            .add(1, now, sent);
    Result result = run(history);

    assertThat(result.late()).hasSize(1);
    assertThat(result.late().get(0).reading()).isEqualTo(tooLate);
    assertThat(result.late().get(0).latenessMillis()).isEqualTo(Duration.ofDays(1).toMillis() + 1);
    assertThat(result.accepted()).isEqualTo(4);
    assertThat(result.received()).isEqualTo(7);
  }

  @Test
  void watermarkOfTheReaderCountsWhereItIsHigher() {
    ReadingBatch batch =
        new ReadingBatch.Builder("t", 0, SENT.toEpochMilli(), 1)
            .add(
                reading("m1", "import", ReadingType.POWER, SENT.minusSeconds(90_000), "1", 0),
                0,
                SENT.toEpochMilli(),
                null)
            .build();
    Result result = new SequentialModel(DIRECTORY, Limits.DEFAULT).run(List.of(batch));

    assertThat(result.late()).hasSize(1);
  }

  @Test
  void localTimeIsTheMetersOwn() {
    long sent = Instant.parse("2024-11-01T00:00:00Z").toEpochMilli();
    Meter always = Meter.of("p", MeterType.generic("p"), PARIS, METER.channels());
    History history =
        new History("t")
            .addLocal(0, local("2024-03-31T02:30:00Z"), sent) // left out by the clock change
            .addLocal(0, local("2024-03-31T03:30:00Z"), sent) // 01:30 UTC
            .addLocal(0, local("2024-10-27T02:30:00Z"), sent); // twice: 00:30 UTC is the earlier
    Result result =
        new SequentialModel(
                new MeterDirectory(List.of(always), List.of(), List.of()),
                Limits.DEFAULT.withAllowedLateness(Limits.UNLIMITED))
            .run(history.batches());

    assertThat(result.deadLetters()).isEqualTo(Map.of(DeadLetterCode.LOCAL_TIME_NONEXISTENT, 1L));
    assertThat(result.rows())
        .containsKeys(rowKey("2024-03-31T01:15:00Z"), rowKey("2024-10-27T00:15:00Z"));
    assertThat(result.latest().values())
        .extracting(reading -> Instant.ofEpochMilli(reading.timeMillis()))
        .containsExactly(Instant.parse("2024-10-27T00:30:00Z"));
  }

  @Test
  void localTimeMovesTheClockFourteenHoursLess() {
    long sent = SENT.toEpochMilli();
    // 12:00 local counts as 22:00 UTC the evening before.
    Instant counted = SENT.minus(Duration.ofHours(14));
    Instant justLate = counted.minus(Duration.ofDays(1)).minusMillis(1);
    History history =
        new History("t")
            .addLocal(0, reading("m1", "import", ReadingType.POWER, SENT, "1", 0), sent)
            .add(
                0, reading("m1", "import", ReadingType.POWER, justLate.plusMillis(1), "1", 0), sent)
            .add(0, reading("m1", "import", ReadingType.POWER, justLate, "1", 0), sent);

    assertThat(run(history).late()).hasSize(1);
  }

  private static Reading local(String time) {
    return new Reading(
        "p",
        "import",
        ReadingType.POWER,
        Instant.parse(time).toEpochMilli(),
        nanos("1"),
        60_000,
        Reading.NO_SEQUENCE,
        Quality.VALID);
  }

  private static SequentialModel.RowKey rowKey(String start) {
    return new SequentialModel.RowKey(
        OwnerKind.METER, "p", "import", Level.INTERVAL, Instant.parse(start).toEpochMilli());
  }
}
