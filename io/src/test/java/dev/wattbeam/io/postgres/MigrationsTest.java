package dev.wattbeam.io.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
  private static TestDatabase database;

  @BeforeAll
  static void migrate() {
    database = TestDatabase.migrated();
  }

  @Test
  void runsEachMigrationOnce() {
    TestDatabase fresh = TestDatabase.empty();
    assertThat(Migrations.migrate(fresh.owner())).isEqualTo(Migrations.SCHEMA_VERSION);
    assertThat(Migrations.migrate(fresh.owner())).isZero();
    assertThat(fresh.query("SELECT relname FROM pg_class WHERE relname = 'intervals'")).hasSize(1);
  }

  @Test
  void knowsTheNewestMigration() throws IOException, URISyntaxException {
    Path directory = Path.of(Migrations.class.getResource("/db/migration").toURI());
    try (Stream<Path> files = Files.list(directory)) {
      int newest =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("V"))
              .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
              .max()
              .orElseThrow();
      assertThat(Migrations.SCHEMA_VERSION).isEqualTo(newest);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE wattbeam.intervals",
        "DROP SCHEMA wattbeam CASCADE",
        "DROP FUNCTION wattbeam.ensure_month_partitions(text, date[])",
        "DROP VIEW wattbeam.latest_intervals",
        "ALTER TABLE wattbeam.hours ADD COLUMN more text",
        "ALTER TABLE wattbeam.intervals DETACH PARTITION wattbeam.intervals_from_2100",
        "ALTER TABLE wattbeam.hours RENAME TO minutes",
        "TRUNCATE wattbeam.intervals",
        "TRUNCATE wattbeam.dead_letters",
        "DELETE FROM wattbeam.intervals",
        "DELETE FROM wattbeam.dead_letters",
        "DELETE FROM wattbeam.meters",
        "CREATE TABLE wattbeam.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE FUNCTION wattbeam.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX ON wattbeam.hours (end_time)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "UPDATE wattbeam.flyway_schema_history SET success = false",
        "SET ROLE postgres"
      })
  void pipelinesCannot(String sql) throws SQLException {
    try (Connection connection = PostgresDatabase.connect(database.pipeline());
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO wattbeam.groups VALUES ('g', 'site', 'UTC')",
        "UPDATE wattbeam.hours SET flags = ''",
        "DELETE FROM wattbeam.meter_channels",
        "SELECT wattbeam.ensure_month_partitions('intervals', '{2001-01-01}')"
      })
  void readersCannot(String sql) throws SQLException {
    try (Connection connection = PostgresDatabase.connect(database.reader());
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("permission denied");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "latest_intervals",
        "daily_consumption",
        "rejected_by_reason",
        "meter_overview",
        "intervals",
        "group_months",
        "raw_readings",
        "late_readings",
        "anomalies",
        "tariff_prices"
      })
  void readersCanRead(String table) {
    TestDatabase.execute(database.reader(), "SELECT * FROM wattbeam." + table);
  }

  @Test
  void makesPartitionsOnceWhoeverAsks() throws Exception {
    PostgresConfig pipeline = database.pipeline();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      done.add(
          threads.submit(
              () ->
                  TestDatabase.execute(
                      pipeline,
                      "SELECT wattbeam.ensure_month_partitions('intervals',"
                          + " ARRAY(SELECT generate_series('2011-01-15'::date, '2011-12-15',"
                          + " '1 month')::date))")));
    }
    for (Future<?> future : done) {
      future.get();
    }
    threads.shutdown();
    assertThat(
            database.query(
                "SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class"
                    + " WHERE relname LIKE 'intervals_2011%' AND relkind = 'r' ORDER BY 1"))
        .hasSize(12)
        .contains(
            "intervals_2011_02|FOR VALUES FROM ('2011-02-01 00:00:00+00')"
                + " TO ('2011-03-01 00:00:00+00')");
  }

  @Test
  void refusesPartitionsOfOtherTables() {
    assertThatThrownBy(
            () ->
                database.query("SELECT wattbeam.ensure_month_partitions('hours', '{2011-01-01}')"))
        .hasMessageContaining("hours has no monthly partitions");
  }

  @Test
  void rawReadingsAlwaysHaveAPlaceAndMoveToTheirMonth() {
    PostgresConfig pipeline = database.pipeline();
    TestDatabase.execute(
        pipeline,
        "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value) VALUES"
            + " ('m1', 'import', 'power', 'kW', '2003-05-31T23:59:59Z', 1.5),"
            + " ('m1', 'import', 'power', 'kW', '2003-06-01T00:00:00Z', 2.5)");
    String where = "SELECT tableoid::regclass, value FROM wattbeam.raw_readings ORDER BY time";
    assertThat(database.query(where))
        .containsExactly("wattbeam.raw_readings_default|1.5", "wattbeam.raw_readings_default|2.5");
    TestDatabase.execute(
        pipeline, "SELECT wattbeam.ensure_month_partitions('raw_readings', '{2003-06-20}')");
    assertThat(database.query(where))
        .containsExactly("wattbeam.raw_readings_default|1.5", "wattbeam.raw_readings_2003_06|2.5");
    String nextMonth = LocalDate.now().plusMonths(1).toString().substring(0, 7).replace('-', '_');
    assertThat(database.query("SELECT to_regclass('wattbeam.raw_readings_" + nextMonth + "')"))
        .containsExactly("wattbeam.raw_readings_" + nextMonth);
  }

  @Test
  void aValueAndItsAbsenceExcludeEachOther() {
    assertThatThrownBy(
            () ->
                database.execute(
                    "INSERT INTO wattbeam.hours (meter, channel, start_time, end_time, energy_mj,"
                        + " samples, covered_ms, expected_ms, quality, flags, revision)"
                        + " VALUES ('m', 'import', now(), now(), 0, 0, 0, 1, '', '', 0)"))
        .hasMessageContaining("missing_is_null_never_zero");
  }
}
