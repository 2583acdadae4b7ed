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
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.pipelines.publish.PublishReadings;
import dev.wattbeam.pipelines.warehouse.LoadWarehouse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real files by the commands that a user would type, through Kafka and PostgreSQL to Snowflake's
 * stand-in: a home by the minute, one by the half-hour, the carbon intensity of Great Britain, the
 * grid of France.
 */
@Tag("store")
class RealDataTest {
  private static final String WAREHOUSE = "WATTBEAM_REAL";

  @TempDir Path folder;

  private PostgresConfig postgres;
  private String[] kafkaOptions;
  private String[] postgresOptions;
  private String[] owner;

  private void run(String command, Stream<String> options) throws IOException {
    PipelineProcess.run("direct", folder, command, options.toArray(String[]::new));
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

  private void publish(Path file, String format) throws IOException {
    run(
        PublishReadings.NAME,
        Stream.concat(
            Stream.of(
                kafkaOptions[0],
                "--topic=readings",
                "--create-topic=2",
                "--input=" + file,
                "--format=" + format,
                "--register"),
            Arrays.stream(owner)));
  }

  /** The header and the first 20 000 rows: the whole file is too much for the stand-in. */
  private Path beginning(Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return Files.write(folder.resolve("half-hours.csv"), lines.lines().limit(20_001).toList());
    }
  }

  @Test
  void realFilesArriveInBothDatabases() throws IOException {
    List<Path> carbon = new ArrayList<>();
    for (int month = 1; month <= 6; month++) {
      carbon.add(SharedData.file("gb-carbon/2024-0" + month + ".csv.gz"));
    }
    Path france = SharedData.file("rte-eco2mix/eco2mix_national_realtime_2021-12.csv.gz");
    Path halfHours = SharedData.file("smart-meters/sgsc_50_households_30min.csv.gz");
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

      owner =
          new String[] {
            "--postgresUrl=" + postgres.url(),
            "--postgresUser=" + server.user(),
            "--postgresPasswordFile="
                + Files.writeString(folder.resolve("owner"), server.password())
          };
      publish(home, "uci-household");
      publish(beginning(halfHours), "sgsc");
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

      homesAreWhole(snowflake);
      franceBalances(snowflake);
      carbonHasItsBands(snowflake);
    }
  }

  private void homesAreWhole(FakeSnow snowflake) {
    // Counted in the file: 27 days by the minute of four channels.
    String samples = "SELECT sum(samples)%s FROM %s.intervals WHERE meter = 'uci-household'";
    requireBoth(snowflake, samples, "149132");
    // Added up in the file: 3 668.481 kWh.
    String energy = "SELECT sum(energy_mj)%s FROM %s.intervals WHERE meter = '10006414'";
    requireBoth(snowflake, energy, "13206531600000");
  }

  private void requireBoth(FakeSnow snowflake, String sql, String number) {
    assertThat(query(String.format(sql, "", "wattbeam"))).containsExactly(number);
    assertThat(snowflake.query(WAREHOUSE, String.format(sql, "::NUMBER(38, 0)", "CLEAN")))
        .containsExactly(number);
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
