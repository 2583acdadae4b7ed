package dev.wattbeam.pipelines.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.ReadingType;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegisterMetersTest {
  @Test
  void metersAndRejectedRowsGoToPostgres(@TempDir Path folder) throws Exception {
    Path input =
        Files.writeString(
            folder.resolve("homes.csv"),
            "customer_id,reading_datetime,event_key,general_supply_kwh,controlled_load_kwh,"
                + "gross_generation_kwh,net_generation_kwh,other_kwh\n"
                + "7,2013-01-01 00:00:00,0,0.141,0,0,0,0\n"
                + "7,2013-01-01 00:30:00,0,0.088,0,0.1,0,0\n"
                + "8,2013-01-01 00:30:00,0,9a,0,0,0,0\n");
    try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      PostgresConfig config =
          PostgresConfig.of(postgres.jdbcUrl(), postgres.user(), postgres.password());
      Migrations.migrate(config);
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int code =
          PublishReadings.run(
              new String[] {
                "--input=" + input,
                "--format=sgsc",
                "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
                "--create-topic=1",
                "--register",
                "--postgresUrl=" + postgres.jdbcUrl(),
                "--postgresUser=" + postgres.user(),
                "--postgresPasswordFile=" + postgres.passwordFile(),
                "--no-progress"
              },
              InputStream.nullInputStream(),
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("Put 1 meters into the directory.")
          .doesNotContain("%");
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("readings 4 of 1 meters");
      assertThat(code).isZero();

      assertThat(MeterDirectoryStore.of(config).load().meters()).hasSize(1);
      Meter meter = MeterDirectoryStore.of(config).load().meters().get(0);
      assertThat(meter.name()).isEqualTo("7");
      assertThat(meter.zone().getId()).isEqualTo("Australia/Brisbane");
      assertThat(meter.type().nominalPeriodMillis()).isEqualTo(1_800_000);
      assertThat(meter.channels())
          .isEqualTo(Map.of("import", ReadingType.INTERVAL, "export", ReadingType.INTERVAL));
      try (Connection connection = PostgresDatabase.connect(config);
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT source, position, code, payload FROM wattbeam.dead_letters")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("homes.csv");
        assertThat(rows.getLong(2)).isEqualTo(4);
        assertThat(rows.getString(3)).isEqualTo("INVALID_VALUE");
        assertThat(rows.getString(4)).startsWith("8,2013-01-01 00:30:00");
        assertThat(rows.next()).isFalse();
      }
    }
  }
}
