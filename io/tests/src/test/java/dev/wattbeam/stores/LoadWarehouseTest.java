package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.pipelines.launcher.WattBeam;
import dev.wattbeam.pipelines.warehouse.LoadWarehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoadWarehouse with the real driver against {@link FakeSnow}: not Snowflake, but its protocol. */
@Tag("store")
class LoadWarehouseTest {
  private static final String ZONE = "Europe/Paris";

  private static EmbeddedPostgres server;
  private static FakeSnow snowflake;
  private static PostgresConfig postgres;
  private static Path passwordFile;
  private static int databases;

  @TempDir static Path directory;

  @BeforeAll
  static void start() throws IOException {
    snowflake = FakeSnow.start();
    server = EmbeddedPostgres.startTemporary();
    postgres =
        PostgresConfig.of(server.createDatabase("warehouse"), server.user(), server.password());
    passwordFile = Files.writeString(directory.resolve("password"), "loader's");
    Migrations.migrate(postgres);
    PostgresDatabase.createLogin(postgres, "loader", "loader's", "wattbeam_pipeline");
    fill();
  }

  @AfterAll
  static void stop() {
    server.close();
    snowflake.close();
  }

  /** 12 meters and 2 groups over 40 days with a change of the clocks, and signals of a month. */
  private static void fill() {
    execute("INSERT INTO wattbeam.meter_types (name) VALUES ('test')");
    execute(
        "INSERT INTO wattbeam.meters (name, type, zone) SELECT 'm \"' || m || '\\,', 'test', '"
            + ZONE
            + "' FROM generate_series(1, 12) m");
    execute(
        "INSERT INTO wattbeam.groups (name, kind, zone) SELECT 'g' || g, 'site', '"
            + ZONE
            + "' FROM generate_series(1, 2) g");
    execute(
        "SELECT wattbeam.ensure_month_partitions('intervals',"
            + " '{2024-02-01,2024-03-01,2024-04-01}')");
    for (String kind : List.of("", "group_")) {
      String owners =
          kind.isEmpty()
              ? "(SELECT name AS owner FROM wattbeam.meters) o"
              : "(SELECT name AS owner FROM wattbeam.groups) o";
      fill(kind + "intervals", owners, "15 minutes");
      fill(kind + "hours", owners, "1 hour");
      fill(kind + "days", owners, "1 day");
      fill(kind + "months", owners, "1 month");
    }
    execute(
        "INSERT INTO wattbeam.grid_signals (source, area, name, kind, start_time, end_time, value,"
            + " unit, stage, known_at, updated_at)"
            + " SELECT 'api', 'GB-11', name, kind, t, t + interval '30 minutes',"
            + " CASE name WHEN 'carbon-index' THEN 1 + n % 5 ELSE 100 + (n * 37) % 191"
            + "   + CASE kind WHEN 'forecast' THEN n % 7 ELSE 0 END END,"
            + " CASE name WHEN 'carbon-index' THEN '1' ELSE 'gCO2/kWh' END, 0, t, t"
            + " FROM (VALUES ('carbon-intensity', 'actual'), ('carbon-intensity', 'forecast'),"
            + "   ('carbon-index', 'actual')) s (name, kind),"
            + " generate_series('2024-03-20T00:00Z'::timestamptz, '2024-04-20', '30 minutes')"
            + "   WITH ORDINALITY g (t, n) WHERE n % 50 <> 0");
    // A settled hour in place of two halves: what it replaces must not count beside it.
    execute(
        "UPDATE wattbeam.grid_signals SET end_time = start_time + interval '1 hour', stage = 1"
            + " WHERE start_time = '2024-04-02T10:00Z' AND name = 'carbon-intensity'");
  }

  private static void fill(String table, String owners, String step) {
    execute(
        "INSERT INTO wattbeam."
            + table
            + " ("
            + (table.startsWith("group_") ? "grp" : "meter")
            + ", channel, start_time, end_time, energy_mj, mean_kw, min_kw, max_kw, samples,"
            + " covered_ms, expected_ms, quality, flags, revision, updated_at)"
            + " SELECT owner, 'import', t AT TIME ZONE '"
            + ZONE
            + "', (t + interval '"
            + step
            + "') AT TIME ZONE '"
            + ZONE
            + "', CASE WHEN n % 9 > 0 THEN n * 1000003 END, CASE WHEN n % 9 > 0 THEN n / 7.0 END,"
            + " NULL, 1e-7, n, CASE WHEN n % 9 > 0 THEN 900000 ELSE 0 END, 900000,"
            + " CASE WHEN n % 9 > 0 THEN 'valid' ELSE 'missing' END, '', n * 10,"
            + " '2024-05-01T00:00Z'::timestamptz + n * interval '1 microsecond'"
            + " FROM "
            + owners
            + ", generate_series('2024-02-28'::timestamp, '2024-04-08', '"
            + step
            + "') WITH ORDINALITY g (t, n)"
            // The hour that the clock skips would double the one before.
            + " WHERE t < '2024-03-31 02:00' OR t >= '2024-03-31 03:00'");
  }

  private static void execute(String sql) {
    try (Connection connection = PostgresDatabase.connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  private static List<String> inPostgres(String sql) {
    return Rows.inPostgres(postgres, sql);
  }

  /** A database of Snowflake's with empty tables. */
  private static String emptyWarehouse() {
    String database = "WATTBEAM_" + ++databases;
    Warehouse.migrate(snowflake, database);
    return database;
  }

  private static String[] arguments(List<String> target, String... more) {
    return Stream.of(
            Stream.of(
                "--postgresUrl=" + postgres.url(),
                "--postgresUser=loader",
                "--postgresPasswordFile=" + passwordFile,
                "--megabytesPerFile=1"),
            target.stream(),
            Stream.of(more))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  private static void load(List<String> target, String... more) {
    Warehouse.load(arguments(target, more));
  }

  private static void load(String database, String... more) {
    load(snowflake.options(database), more);
  }

  private static void requireEqual(String database) {
    Warehouse.requireEqual(LoadWarehouseTest::inPostgres, snowflake, database);
  }

  private static long rowsInPostgres() {
    long rows = 0;
    for (String table : Warehouse.TABLES) {
      rows += Long.parseLong(inPostgres("SELECT count(*) FROM wattbeam." + table).get(0));
    }
    return rows;
  }

  @Test
  void rowsInAreRowsOutAndASecondRunChangesNothing() {
    String database = emptyWarehouse();
    long begin = System.nanoTime();
    load(database, "--run=first");
    double seconds = (System.nanoTime() - begin) / 1e9;
    long rows = rowsInPostgres();
    System.out.printf(
        "LoadWarehouse: %d rows in %.1f s, %.0f rows/s%n", rows, seconds, rows / seconds);
    requireEqual(database);
    String loads =
        "SELECT RUN, SUM(ROWS_STAGED)::NUMBER(38, 0), SUM(ROWS_MERGED)::NUMBER(38, 0), COUNT(*)"
            + " FROM LOADS GROUP BY RUN ORDER BY RUN";
    String first = "first|" + rows + "|" + rows + "|9";
    assertThat(snowflake.query(database, loads)).containsExactly(first);

    load(database, "--run=first", "--fromBeginning=true");
    assertThat(snowflake.query(database, loads)).as("done is done").containsExactly(first);

    load(database, "--run=second", "--fromBeginning=true");
    load(database, "--run=third");
    String recent =
        "SELECT count(*) FROM wattbeam.intervals WHERE updated_at > now() - interval '1 hour'";
    assertThat(snowflake.query(database, loads))
        .containsExactly(
            first, "second|" + rows + "|0|9", "third|" + inPostgres(recent).get(0) + "|0|9");
    requireEqual(database);
    requireEqualViews(database);
  }

  private void requireEqualViews(String database) {
    String days = "SELECT %s, local_day::varchar, energy_kwh, coverage FROM %s ORDER BY 1, 2";
    assertClose(
        snowflake.query(database, String.format(days, "METER", "MART.DAILY_CONSUMPTION")),
        inPostgres(String.format(days, "meter", "wattbeam.daily_consumption")));
    String carbon =
        "SELECT source, area, local_day::varchar, coverage, mean, lowest, highest, spread,"
            + " deviation, mean_change_per_hour, volatility, forecast_bias, forecast_mae,"
            + " forecast_wape, very_low_hours, low_hours, moderate_hours, high_hours,"
            + " very_high_hours FROM %s.carbon_days ORDER BY 3";
    assertClose(
        snowflake.query(database, String.format(carbon, "MART")),
        inPostgres(String.format(carbon, "wattbeam")));
    String forecasts =
        "SELECT source, local_day::varchar, spans, bias, mae, rmse, wape, worst"
            + " FROM %s.grid_forecast_days ORDER BY 2";
    assertClose(
        snowflake.query(database, String.format(forecasts, "MART")),
        inPostgres(String.format(forecasts, "wattbeam")));
    String changes =
        "SELECT name, kind, extract(epoch from start_time)::bigint, value, change, change_per_hour"
            + " FROM %s.grid_changes ORDER BY 1, 2, 3";
    assertClose(
        snowflake.query(
            database,
            String.format(changes, "MART")
                .replace(
                    "extract(epoch from start_time)::bigint",
                    "DATE_PART(EPOCH_SECOND, START_TIME)")),
        inPostgres(String.format(changes, "wattbeam")));
  }

  /** Rows of text and numbers; sums of doubles depend on their order. */
  private static void assertClose(List<String> actual, List<String> expected) {
    assertThat(actual).isNotEmpty().hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      String[] some = actual.get(i).split("\\|");
      String[] others = expected.get(i).split("\\|");
      assertThat(some).as(expected.get(i)).hasSameSizeAs(others);
      for (int j = 0; j < some.length; j++) {
        if (others[j].matches("-?[0-9.]+([eE][-+]?[0-9]+)?")) {
          assertThat(Double.parseDouble(some[j]))
              .as(expected.get(i))
              .isCloseTo(Double.parseDouble(others[j]), within(1e-9));
        } else {
          assertThat(some[j]).as(expected.get(i)).isEqualTo(others[j]);
        }
      }
    }
  }

  @Test
  void aCorrectedDayReplacesItsRowsAndAnOlderRevisionDoesNot() {
    String database = emptyWarehouse();
    load(database, "--run=before");
    String day =
        " WHERE start_time >= '2024-03-30T23:00Z' AND start_time < '2024-03-31T22:00Z'"
            + " AND meter LIKE 'm \"1%'";
    execute(
        "UPDATE wattbeam.intervals SET energy_mj = energy_mj + 1, revision = revision + 5,"
            + " updated_at = now()"
            + day);
    long corrected =
        Long.parseLong(inPostgres("SELECT count(*) FROM wattbeam.intervals" + day).get(0));
    load(database, "--run=corrected");
    assertThat(
            snowflake.query(
                database,
                "SELECT ROWS_STAGED, ROWS_MERGED FROM LOADS"
                    + " WHERE RUN = 'corrected' AND TABLE_NAME = 'intervals'"))
        .containsExactly(corrected + "|" + corrected);
    requireEqual(database);

    List<String> newest = snowflake.query(database, Warehouse.content("intervals", true));
    execute(
        "UPDATE wattbeam.intervals SET energy_mj = energy_mj - 1, revision = revision - 5,"
            + " updated_at = now()"
            + day);
    load(database, "--run=older");
    assertThat(snowflake.query(database, Warehouse.content("intervals", true))).isEqualTo(newest);
  }

  @Test
  void aKilledLoadIsMadeGoodByTheNextOne() throws Exception {
    String database = emptyWarehouse();
    killWhen(database, "SELECT COUNT(*) >= 3 FROM LOADS");
    assertThat(snowflake.query(database, "SELECT COUNT(*) < 9 FROM LOADS"))
        .as("was killed in the middle")
        .containsExactly("TRUE");
    load(database, "--run=killed");
    requireEqual(database);
  }

  /** Starts a load in a process of its own and kills it when a question is answered by yes. */
  private static void killWhen(String database, String question) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx400m",
            "-Duser.timezone=UTC",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            WattBeam.class.getName(),
            LoadWarehouse.NAME,
            "--run=killed",
            "--targetParallelism=1"));
    command.addAll(List.of(arguments(snowflake.options(database))));
    Path log = directory.resolve("killed.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      for (int attempt = 0; attempt < 600; attempt++) {
        if (snowflake.query(database, question).get(0).equalsIgnoreCase("true")) {
          process.destroyForcibly().waitFor();
          return;
        }
        if (!process.isAlive()) {
          break;
        }
        FakeSnow.pause(20);
      }
      throw new AssertionError("The load did not come so far: " + Files.readString(log));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void twoLoadsAtATimeTakeTurns() {
    String database = emptyWarehouse();
    CompletableFuture<Void> one =
        CompletableFuture.runAsync(() -> load(database, "--run=one", "--fromBeginning=true"));
    load(database, "--run=two", "--fromBeginning=true");
    one.join();
    requireEqual(database);
    assertThat(
            snowflake.query(
                database,
                "SELECT TABLE_NAME FROM LOADS GROUP BY TABLE_NAME"
                    + " HAVING COUNT(*) <> 2 OR MIN(ROWS_MERGED) <> 0"))
        .as("one of the two merges found nothing to do")
        .isEmpty();
  }

  @Test
  void aMinutesOutageOfSnowflakeIsWaitedFor() {
    String database = emptyWarehouse();
    try (Gate gate = Gate.to(snowflake.port())) {
      CompletableFuture<Void> outage =
          CompletableFuture.runAsync(
              () -> {
                while (snowflake.query(database, "LIST @LOADING").isEmpty()) {
                  FakeSnow.pause(20);
                }
                gate.shut();
                FakeSnow.pause(60_000);
                gate.open();
              });
      load(snowflake.options(database, gate.port()), "--run=outage");
      outage.join();
    }
    requireEqual(database);
  }
}
