package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.pipelines.grid.IngestGridSignals;
import dev.wattbeam.pipelines.grid.PublishGridSignals;
import dev.wattbeam.pipelines.launcher.WattBeam;
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.pipelines.publish.PublishReadings;
import dev.wattbeam.pipelines.warehouse.LoadWarehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real files by the commands that a user would type, through Kafka and PostgreSQL to Snowflake's
 * stand-in: a home by the minute, the carbon intensity of Great Britain, the grid of France.
 */
@Tag("store")
class RealDataTest {
  private static final String WAREHOUSE = "WATTBEAM_REAL";
  private static final int MINUTES = 10;

  @TempDir Path folder;

  private PostgresConfig postgres;
  private String[] kafkaOptions;
  private String[] postgresOptions;

  /** Starts a command of the launcher and waits for its end. */
  private void run(String command, Stream<String> options) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Duser.timezone=UTC",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                WattBeam.class.getName(),
                command));
    options.forEach(line::add);
    Path log = folder.resolve(command + ".log");
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  private Stream<String> options(String topic, String... more) {
    return Stream.of(
            Arrays.stream(kafkaOptions),
            Arrays.stream(postgresOptions),
            Stream.of("--kafkaTopic=" + topic),
            Arrays.stream(more))
        .flatMap(part -> part);
  }

  private List<String> query(String sql) {
    return Rows.inPostgres(postgres, sql);
  }

  @Test
  void realFilesArriveInBothDatabases() throws IOException {
    List<Path> carbon = new ArrayList<>();
    for (int month = 1; month <= 6; month++) {
      carbon.add(SharedData.file("gb-carbon/2024-0" + month + ".csv.gz"));
    }
    Path france = SharedData.file("rte-eco2mix/eco2mix_national_realtime_2021-12.csv.gz");
    Path home = SharedData.file("uci-household/minutes_2006-12-16_2007-01-11.txt.gz");
    try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        EmbeddedPostgres server = EmbeddedPostgres.startTemporary();
        FakeSnow snowflake = FakeSnow.start()) {
      postgres = PostgresConfig.of(server.createDatabase("real"), server.user(), server.password());
      Migrations.migrate(postgres);
      PostgresDatabase.createLogin(postgres, "real", "secret", "wattbeam_pipeline");
      Path password = Files.writeString(folder.resolve("password"), "secret");
      kafkaOptions = new String[] {"--kafkaBootstrapServers=" + kafka.bootstrapServers()};
      postgresOptions =
          new String[] {
            "--postgresUrl=" + postgres.url(),
            "--postgresUser=real",
            "--postgresPasswordFile=" + password
          };
      Warehouse.migrate(snowflake, WAREHOUSE);

      run(
          PublishReadings.NAME,
          Stream.of(
              kafkaOptions[0],
              "--topic=readings",
              "--create-topic=2",
              "--input=" + home,
              "--format=uci-household",
              "--register",
              postgresOptions[0],
              "--postgresUser=" + server.user(),
              "--postgresPasswordFile="
                  + Files.writeString(folder.resolve("owner"), server.password())));
      run(MonitorConsumption.NAME, options("readings", "--kafkaBounded=true"));
      for (Path file : carbon) {
        run(
            PublishGridSignals.NAME,
            options("grid", "--create-topic=2", "--input=" + file, "--format=gb-carbon-csv"));
      }
      run(
          PublishGridSignals.NAME,
          options("grid", "--input=" + france, "--format=eco2mix-national"));
      run(IngestGridSignals.NAME, options("grid", "--kafkaBounded=true"));
      String[] load =
          Stream.concat(Arrays.stream(postgresOptions), snowflake.options(WAREHOUSE).stream())
              .toArray(String[]::new);
      run(LoadWarehouse.NAME, Stream.concat(Arrays.stream(load), Stream.of("--run=real")));
      Warehouse.requireEqual(this::query, snowflake, WAREHOUSE);

      homeIsWhole(snowflake);
      franceBalances(snowflake);
      carbonHasItsBands(snowflake);
    }
  }

  private void homeIsWhole(FakeSnow snowflake) {
    // 27 days by the minute of four channels, as counted in the file.
    assertThat(query("SELECT sum(samples) FROM wattbeam.intervals")).containsExactly("149132");
    assertThat(
            snowflake.query(WAREHOUSE, "SELECT SUM(SAMPLES)::NUMBER(38, 0) FROM CLEAN.INTERVALS"))
        .containsExactly("149132");
  }

  private void franceBalances(FakeSnow snowflake) {
    assertThat(query("SELECT count(*), max(abs(difference)) <= 1 FROM wattbeam.grid_balance"))
        .as("consumption = sources + exchanges within 1 MW")
        .containsExactly("2976|t");
    List<String> years =
        query("SELECT name, mwh FROM wattbeam.grid_years WHERE area = 'FR' ORDER BY name");
    List<String> there =
        snowflake.query(
            WAREHOUSE,
            "SELECT NAME, SUM(VALUE * SECONDS) / 3600 FROM CLEAN.GRID_SERIES"
                + " WHERE AREA = 'FR' AND UNIT = 'MW' AND KIND = 'actual'"
                + " GROUP BY NAME ORDER BY NAME");
    assertThat(there).hasSameSizeAs(years).hasSizeGreaterThan(10);
    for (int i = 0; i < years.size(); i++) {
      String[] expected = years.get(i).split("\\|");
      String[] found = there.get(i).split("\\|");
      assertThat(found[0]).isEqualTo(expected[0]);
      assertThat(Double.parseDouble(found[1]))
          .as(found[0])
          .isCloseTo(Double.parseDouble(expected[1]), within(1e-3));
    }
  }

  /** A day's hours of all bands are the hours that are known of it. */
  private static void carbonHasItsBands(FakeSnow snowflake) {
    String bands =
        "SELECT COUNT(*), SUM(IFF(ABS(COALESCE(VERY_LOW_HOURS, 0) + COALESCE(LOW_HOURS, 0)"
            + " + COALESCE(MODERATE_HOURS, 0) + COALESCE(HIGH_HOURS, 0)"
            + " + COALESCE(VERY_HIGH_HOURS, 0) - 24 * COVERAGE) < 1.1, 0, 1))::NUMBER(38, 0)"
            + " FROM MART.CARBON_DAYS WHERE AREA = 'GB'";
    // January to June without 29 February, which is missing at its source; London's day of 1 July
    // begins in June.
    assertThat(snowflake.query(WAREHOUSE, bands)).containsExactly("182|0");
  }
}
