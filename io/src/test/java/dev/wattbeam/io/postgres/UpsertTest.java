package dev.wattbeam.io.postgres;

import static dev.wattbeam.io.postgres.Samples.interval;
import static dev.wattbeam.io.postgres.Samples.millis;
import static dev.wattbeam.io.postgres.Samples.row;
import static dev.wattbeam.io.postgres.Samples.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpsertTest {
  private static final UpsertTable<ConsumptionRow> INTERVALS =
      Tables.consumption(OwnerKind.METER, Level.INTERVAL);
  private static final String NOON = "2024-03-01T12:00:00Z";

  private static TestDatabase database;
  private static PostgresConfig pipeline;

  @BeforeAll
  static void migrate() {
    database = TestDatabase.migrated();
    pipeline = database.pipeline();
  }

  @BeforeEach
  void empty() {
    database.execute(
        "TRUNCATE wattbeam.intervals, wattbeam.hours, wattbeam.latest_values,"
            + " wattbeam.dead_letters, wattbeam.late_readings");
  }

  private static long write(ConsumptionRow... rows) {
    return database.write(pipeline, INTERVALS, List.of(rows)).rows;
  }

  /** Includes xmin, which changes with every write to a row. */
  private static List<String> everything() {
    return database.query(
        "SELECT xmin, updated_at, meter, energy_mj, revision FROM wattbeam.intervals ORDER BY 3");
  }

  @Test
  void storesEveryColumn() {
    QualityMix mix =
        QualityMix.of(Quality.VALID, 600_000).plus(QualityMix.of(Quality.QUESTIONABLE, 75_000));
    write(
        new ConsumptionRow(
            OwnerKind.METER,
            "m1",
            "submeter-1",
            Level.INTERVAL,
            millis(NOON),
            millis(NOON) + 900_000,
            new Consumption(
                1_800_000_000,
                675_000,
                900_000,
                -250_000_000,
                7_654_321_098L,
                11,
                RowFlag.GAP.bit() | RowFlag.CONFLICT.bit(),
                mix,
                42)));
    assertThat(
            database.query(
                "SELECT meter, channel, start_time, end_time, energy_mj, energy_kwh, mean_kw,"
                    + " min_kw, max_kw, samples, covered_ms, expected_ms, coverage, quality, flags,"
                    + " revision FROM wattbeam.intervals"))
        .containsExactly(
            "m1|submeter-1|2024-03-01 12:00:00+00|2024-03-01 12:15:00+00|1800000000|0.5|"
                + "2.666666666|-0.25|7.654321098|11|675000|900000|0.75|"
                + "valid:0.889 questionable:0.111|conflict gap|42");
    assertThat(database.query("SELECT tableoid::regclass FROM wattbeam.intervals"))
        .containsExactly("wattbeam.intervals_2024_03");
  }

  @Test
  void whatIsNotKnownIsNull() {
    write(unknown("m1", NOON, 1));
    assertThat(
            database.query(
                "SELECT energy_mj, energy_kwh, mean_kw, min_kw, max_kw, coverage, quality"
                    + " FROM wattbeam.intervals"))
        .containsExactly("null|null|null|null|null|0|missing");
    write(interval("m1", NOON, 0, 2));
    assertThat(database.query("SELECT energy_mj, energy_kwh, mean_kw FROM wattbeam.intervals"))
        .containsExactly("0|0|0");
  }

  @Test
  void eachOwnerAndLevelHasItsTable() {
    for (OwnerKind kind : OwnerKind.values()) {
      for (Level level : Level.values()) {
        ConsumptionRow row = row(kind, "x", level, millis(NOON), 900_000_000, 1);
        assertThat(database.write(pipeline, Tables.consumption(kind, level), List.of(row)).rows)
            .isEqualTo(1);
      }
    }
    for (String table : List.of("intervals", "hours", "days", "months")) {
      assertThat(database.query("SELECT meter, energy_kwh FROM wattbeam." + table))
          .containsExactly("x|0.25");
      assertThat(database.query("SELECT grp, energy_kwh FROM wattbeam.group_" + table))
          .containsExactly("x|0.25");
    }
  }

  @Test
  void meanPowerOfAGroupIsOverThePeriod() {
    // Two meters, each covered for the whole quarter.
    Consumption both =
        new Consumption(
            1_800_000_000,
            1_800_000,
            1_800_000,
            2_000_000_000,
            2_000_000_000,
            30,
            0,
            QualityMix.of(Quality.VALID, 1_800_000),
            1);
    long start = millis(NOON);
    database.write(
        pipeline,
        Tables.consumption(OwnerKind.GROUP, Level.INTERVAL),
        List.of(
            new ConsumptionRow(
                OwnerKind.GROUP, "g", "import", Level.INTERVAL, start, start + 900_000, both)));
    assertThat(
            database.query(
                "SELECT mean_kw, coverage FROM wattbeam.group_intervals WHERE grp = 'g'"))
        .containsExactly("2|1");
  }

  @Test
  void anOlderRevisionNeverOverwrites() {
    assertThat(write(interval("m1", NOON, 100, 5))).isEqualTo(1);
    List<String> before = everything();
    assertThat(write(interval("m1", NOON, 50, 4))).isZero();
    assertThat(everything()).isEqualTo(before);
    assertThat(write(interval("m1", NOON, 200, 6))).isEqualTo(1);
    assertThat(database.query("SELECT energy_mj, revision FROM wattbeam.intervals"))
        .containsExactly("200|6");
  }

  @Test
  void theSameRevisionWithOtherContentReplaces() {
    write(interval("m1", NOON, 100, 5));
    assertThat(write(interval("m1", NOON, 101, 5))).isEqualTo(1);
    assertThat(database.query("SELECT energy_mj FROM wattbeam.intervals")).containsExactly("101");
  }

  @Test
  void theSameAgainIsNotWritten() {
    List<ConsumptionRow> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      rows.add(interval("m" + i, NOON, i, i));
      rows.add(unknown("u" + i, NOON, i));
    }
    assertThat(database.write(pipeline, INTERVALS, rows).rows).isEqualTo(1000);
    List<String> before = everything();
    Collections.shuffle(rows, new Random(1));
    assertThat(database.write(pipeline, INTERVALS, rows).rows).isZero();
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aRevisionThatGrowsIsKeptSoThatAnOlderPaneStaysOlder() {
    write(interval("m1", NOON, 100, 10));
    String updated = database.queryOne("SELECT updated_at FROM wattbeam.intervals");
    write(interval("m1", NOON, 100, 20));
    assertThat(database.queryOne("SELECT updated_at FROM wattbeam.intervals")).isEqualTo(updated);
    write(interval("m1", NOON, 77, 15));
    assertThat(database.query("SELECT energy_mj, revision FROM wattbeam.intervals"))
        .containsExactly("100|20");
  }

  @Test
  void ofOneKeyInABundleTheHighestRevisionStays() {
    write(
        interval("m1", NOON, 1, 1),
        interval("m1", NOON, 3, 3),
        interval("m2", NOON, 9, 9),
        interval("m1", NOON, 2, 2),
        interval("m1", NOON, 4, 3));
    assertThat(database.query("SELECT meter, energy_mj FROM wattbeam.intervals ORDER BY 1"))
        .containsExactly("m1|4", "m2|9");
  }

  @Test
  void aReplayInAnyOrderAndBundlingGivesTheSameTable() {
    List<ConsumptionRow> panes = new ArrayList<>();
    for (int meter = 0; meter < 20; meter++) {
      for (int revision = 1; revision <= 10; revision++) {
        panes.add(interval("m" + meter, NOON, 1000 * meter + revision, revision));
      }
    }
    for (int seed = 0; seed < 3; seed++) {
      Collections.shuffle(panes, new Random(seed));
      for (int from = 0; from < panes.size(); from += 37) {
        database.write(pipeline, INTERVALS, panes.subList(from, Math.min(from + 37, panes.size())));
      }
      assertThat(
              database.queryOne(
                  "SELECT count(*), sum(energy_mj), min(revision) FROM wattbeam.intervals"))
          .isEqualTo("20|190200|10");
    }
  }

  @Test
  void writersThatMeetDoNotBlockEachOther() throws Exception {
    int writers = 4;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    List<Future<TestDatabase.Written>> done = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      Random random = new Random(writer);
      done.add(
          threads.submit(
              () -> {
                TestDatabase.Written written = new TestDatabase.Written();
                try (ConnectionPool pool = ConnectionPool.acquire(pipeline)) {
                  UpsertBuffer buffer = new UpsertBuffer(pool, written, 400);
                  for (int i = 0; i < 8_000; i++) {
                    long revision = 1 + random.nextInt(10);
                    String meter = "m" + random.nextInt(200);
                    buffer.add(INTERVALS, interval(meter, NOON, revision, revision));
                    buffer.add(
                        Tables.consumption(OwnerKind.METER, Level.HOUR),
                        row(OwnerKind.METER, meter, Level.HOUR, millis(NOON), revision, revision));
                  }
                  buffer.flush();
                }
                return written;
              }));
    }
    int retries = 0;
    for (Future<TestDatabase.Written> future : done) {
      retries += future.get().retries;
    }
    threads.shutdown();
    assertThat(retries).isZero();
    assertThat(
            database.queryOne(
                "SELECT count(*), min(i.revision), bool_and(i.energy_mj = h.energy_mj)"
                    + " FROM wattbeam.intervals i JOIN wattbeam.hours h USING (meter)"))
        .isEqualTo("200|10|t");
  }

  @Test
  void namesAreOnlyNames() {
    List<String> names =
        List.of(
            "'; DROP TABLE wattbeam.intervals; --",
            "tab\t newline\n backslash\\N \\.",
            "äöü 電力 \uD83D\uDD0C",
            "",
            "\"quoted\"",
            "n".repeat(5_000),
            "n".repeat(4_999) + "x",
            "nul\0here",
            "nul\uFFFDhere",
            "half \uD83D pair",
            "half \uDD0C pair");
    List<ConsumptionRow> rows = new ArrayList<>();
    names.forEach(name -> rows.add(interval(name, NOON, 1, 1)));
    assertThat(database.write(pipeline, INTERVALS, rows).rows).isEqualTo(names.size());
    assertThat(database.write(pipeline, INTERVALS, rows).rows).isZero();
    assertThat(database.query("SELECT meter FROM wattbeam.intervals"))
        .containsAll(names.subList(0, 5))
        .contains("nul\uFFFDhere")
        .allMatch(name -> name.length() <= CopyRows.MAX_KEY_CHARS);
  }

  @Test
  void absurdValuesAndTimesAreStored() {
    Consumption huge =
        new Consumption(
            Long.MAX_VALUE,
            1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            -1,
            QualityMix.of(Quality.RAW, 1),
            Long.MAX_VALUE);
    List<ConsumptionRow> rows = new ArrayList<>();
    for (long start :
        new long[] {
          Long.MIN_VALUE,
          millis("-4000-01-01T00:00:00Z"),
          millis("1999-12-31T23:45:00Z"),
          millis("2000-01-01T00:00:00Z"),
          millis("2099-12-31T23:45:00Z"),
          millis("2100-01-01T00:00:00Z"),
          millis("+200000-01-01T00:00:00Z"),
          Long.MAX_VALUE
        }) {
      rows.add(
          new ConsumptionRow(
              OwnerKind.METER, "m", "import", Level.INTERVAL, start, Long.MAX_VALUE, huge));
    }
    assertThat(database.write(pipeline, INTERVALS, rows).rows).isEqualTo(rows.size());
    assertThat(
            database.query(
                "SELECT tableoid::regclass, start_time FROM wattbeam.intervals"
                    + " ORDER BY start_time"))
        .containsExactly(
            "wattbeam.intervals_before_2000|-infinity",
            "wattbeam.intervals_before_2000|4001-01-01 00:00:00+00 BC",
            "wattbeam.intervals_before_2000|1999-12-31 23:45:00+00",
            "wattbeam.intervals_2000_01|2000-01-01 00:00:00+00",
            "wattbeam.intervals_2099_12|2099-12-31 23:45:00+00",
            "wattbeam.intervals_from_2100|2100-01-01 00:00:00+00",
            "wattbeam.intervals_from_2100|200000-01-01 00:00:00+00",
            "wattbeam.intervals_from_2100|infinity");
    assertThat(database.query("SELECT DISTINCT energy_mj, revision FROM wattbeam.intervals"))
        .containsExactly(Long.MAX_VALUE + "|" + Long.MAX_VALUE);
  }

  @Test
  void aPartitionThatWasRemovedIsMadeAgain() {
    write(interval("m1", "2015-06-01T00:00:00Z", 1, 1));
    database.execute("DROP TABLE wattbeam.intervals_2015_06");
    assertThat(write(interval("m1", "2015-06-02T00:00:00Z", 1, 1))).isEqualTo(1);
  }

  @Test
  void latestValuesKeepTheNewest() {
    long noon = millis(NOON);
    List<Reading> readings =
        List.of(
            reading(noon, 1, 7, Quality.VALID),
            reading(noon + 5_000, 1_234_567_891L, 8, Quality.VALID),
            reading(noon + 1_000, 3, 9, Quality.VALID));
    UpsertTable<Reading> table = Tables.LATEST_VALUES;
    String select =
        "SELECT meter, channel, type, unit, time, value, sequence, quality"
            + " FROM wattbeam.latest_values";
    String newest = "m1|import|power|kW|2024-03-01 12:00:05+00|1.234567891|8|valid";
    assertThat(database.write(pipeline, table, readings).rows).isEqualTo(1);
    assertThat(database.query(select)).containsExactly(newest);
    for (Reading reading : readings) {
      assertThat(database.write(pipeline, table, List.of(reading)).rows).isZero();
    }
    assertThat(database.query(select)).containsExactly(newest);
    // At one time: the higher number, then the better quality, then the higher value.
    assertThat(writeLatest(reading(noon + 5_000, -17, 9, Quality.RAW))).isEqualTo(1);
    assertThat(writeLatest(reading(noon + 5_000, 99, 8, Quality.VERIFIED))).isZero();
    assertThat(writeLatest(reading(noon + 5_000, -18, 9, Quality.VERIFIED))).isEqualTo(1);
    assertThat(writeLatest(reading(noon + 5_000, -19, 9, Quality.VERIFIED))).isZero();
    assertThat(database.query("SELECT value FROM wattbeam.latest_values"))
        .containsExactly("-0.000000018");
  }

  private static long writeLatest(Reading reading) {
    return database.write(pipeline, Tables.LATEST_VALUES, List.of(reading)).rows;
  }

  private static Reading reading(long time, long value, long sequence, Quality quality) {
    return new Reading("m1", "import", ReadingType.POWER, time, value, 0, sequence, quality);
  }

  @Test
  void deadLettersAreStoredOnce() {
    DeadLetter letter =
        new DeadLetter(
            "monitor-consumption",
            "ParseReadings",
            DeadLetterCode.MALFORMED_MESSAGE,
            "not JSON: 'x\0y'",
            "base64:AAECAw==\0",
            new Origin("readings", 3, Long.MAX_VALUE),
            millis(NOON));
    DeadLetter otherCode =
        new DeadLetter(
            "monitor-consumption",
            "ValidateReadings",
            DeadLetterCode.UNKNOWN_METER,
            "",
            "",
            letter.origin(),
            Long.MIN_VALUE);
    UpsertTable<DeadLetter> table = Tables.DEAD_LETTERS;
    assertThat(database.write(pipeline, table, List.of(letter, letter, otherCode)).rows)
        .isEqualTo(2);
    database.execute("UPDATE wattbeam.dead_letters SET replayed_at = '2026-01-01T00:00:00Z'");
    assertThat(database.write(pipeline, table, List.of(otherCode, letter)).rows).isZero();
    assertThat(
            database.query(
                "SELECT source, partition, position, code, pipeline, step, message, payload, time,"
                    + " replayed_at FROM wattbeam.dead_letters ORDER BY code"))
        .containsExactly(
            "readings|3|9223372036854775807|MALFORMED_MESSAGE|monitor-consumption|ParseReadings|"
                + "not JSON: 'x\uFFFDy'|base64:AAECAw==\uFFFD|2024-03-01 12:00:00+00|"
                + "2026-01-01 00:00:00+00",
            "readings|3|9223372036854775807|UNKNOWN_METER|monitor-consumption|ValidateReadings|||"
                + "-infinity|2026-01-01 00:00:00+00");
  }

  @Test
  void lateReadingsAreStoredOnce() {
    List<LateReading> late = new ArrayList<>();
    for (long value : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, 0, -1, 100_000_000_000L}) {
      late.add(
          new LateReading(
              new Reading(
                  "m1",
                  "import",
                  ReadingType.REGISTER,
                  millis(NOON),
                  value,
                  60_000,
                  Reading.NO_SEQUENCE,
                  Quality.ESTIMATED_LINEAR),
              new Origin("readings", 0, late.size()),
              86_400_001));
    }
    UpsertTable<LateReading> table = Tables.LATE_READINGS;
    assertThat(database.write(pipeline, table, late).rows).isEqualTo(5);
    assertThat(database.write(pipeline, table, late).rows).isZero();
    assertThat(
            database.query(
                "SELECT position, meter, channel, type, unit, time, value, duration_ms, sequence,"
                    + " quality, lateness_ms FROM wattbeam.late_readings ORDER BY 1"))
        .contains(
            "0|m1|import|register|kWh|2024-03-01 12:00:00+00|9223372036.854775807|60000|-1|"
                + "estimated-linear|86400001");
    assertThat(database.query("SELECT value FROM wattbeam.late_readings ORDER BY position"))
        .containsExactly(
            "9223372036.854775807",
            "-9223372036.854775808",
            "0.000000000",
            "-0.000000001",
            "100.000000000");
  }

  @Test
  void aRefusalThatStaysFailsAtOnceAndLeavesNothingBehind() {
    database.execute("ALTER TABLE wattbeam.hours ADD CONSTRAINT never CHECK (meter <> 'never')");
    ConsumptionRow hour = row(OwnerKind.METER, "never", Level.HOUR, millis(NOON), 1, 1);
    try (ConnectionPool pool = ConnectionPool.acquire(pipeline)) {
      TestDatabase.Written written = new TestDatabase.Written();
      UpsertBuffer buffer = new UpsertBuffer(pool, written);
      buffer.add(INTERVALS, interval("m1", NOON, 1, 1));
      buffer.add(Tables.consumption(OwnerKind.METER, Level.HOUR), hour);
      assertThatThrownBy(buffer::flush)
          .isInstanceOf(PostgresException.class)
          .hasMessageStartingWith("Failed writing 1 rows to hours, 1 rows to intervals.")
          .hasMessageContaining("violates check constraint \"never\"");
      assertThat(written.retries).isZero();
    } finally {
      database.execute("ALTER TABLE wattbeam.hours DROP CONSTRAINT never");
    }
    assertThat(database.query("SELECT meter FROM wattbeam.intervals")).isEmpty();
  }

  /** A first bundle is copied into the table, until a key is there already. */
  @Test
  void newRowsAndOldOnesInOneBundle() {
    // A pool of its own, which knows nothing yet.
    PostgresConfig fresh = pipeline.withPoolSize(3);
    UpsertTable<ConsumptionRow> hours = Tables.consumption(OwnerKind.METER, Level.HOUR);
    try (ConnectionPool pool = ConnectionPool.acquire(fresh)) {
      TestDatabase.Written written = new TestDatabase.Written();
      UpsertBuffer buffer = new UpsertBuffer(pool, written);
      buffer.add(INTERVALS, interval("m2", NOON, 1, 1));
      buffer.flush();
      assertThat(written.rows).isEqualTo(1);

      buffer.add(hours, row(OwnerKind.METER, "m1", Level.HOUR, millis(NOON), 1, 1));
      buffer.add(INTERVALS, interval("m1", NOON, 1, 1));
      buffer.add(INTERVALS, interval("m2", NOON, 2, 2));
      buffer.add(INTERVALS, interval("m3", NOON, 3, 1));
      buffer.flush();
      assertThat(written.rows).isEqualTo(5);
      assertThat(written.retries).isZero();

      buffer.add(INTERVALS, interval("m2", NOON, 1, 1));
      buffer.add(INTERVALS, interval("m4", NOON, 1, 1));
      buffer.flush();
      assertThat(written.rows).isEqualTo(6);
    }
    assertThat(database.query("SELECT meter, revision FROM wattbeam.intervals ORDER BY 1"))
        .containsExactly("m1|1", "m2|2", "m3|1", "m4|1");
    assertThat(database.query("SELECT meter FROM wattbeam.hours")).containsExactly("m1");
  }

  @Test
  void anEmptyBundleWritesNothing() {
    assertThat(database.write(pipeline, INTERVALS, List.of()).flushes).isZero();
  }
}
