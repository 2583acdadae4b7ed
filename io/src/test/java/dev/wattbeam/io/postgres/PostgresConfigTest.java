package dev.wattbeam.io.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresConfigTest {
  private static final String URL = "--postgresUrl=jdbc:postgresql://db:5433/wattbeam";

  private final List<String> errors = new ArrayList<>();

  private PostgresConfig config(String password, String... arguments) {
    PostgresOptions options =
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(PostgresOptions.class);
    return PostgresConfig.from(
        options, name -> name.equals("WATTBEAM_POSTGRES_PASSWORD") ? password : null, errors);
  }

  @Test
  void hasDefaults() {
    PostgresConfig config = config("secret", URL, "--postgresUser=u");
    assertThat(errors).isEmpty();
    assertThat(config)
        .isEqualTo(
            new PostgresConfig(
                "jdbc:postgresql://db:5433/wattbeam",
                "u",
                "secret",
                Duration.ofMinutes(10),
                4,
                Duration.ofSeconds(60)))
        .isEqualTo(PostgresConfig.of("jdbc:postgresql://db:5433/wattbeam", "u", "secret"));
  }

  @Test
  void takesEveryOption(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "from file\n");
    PostgresConfig config =
        config(
            "from environment",
            URL,
            "--postgresUser=u",
            "--postgresPasswordFile=" + file,
            "--postgresRetryFor=PT1M30S",
            "--postgresPoolSize=9",
            "--meterDirectoryRefresh=PT5S");
    assertThat(errors).isEmpty();
    assertThat(config.password()).isEqualTo("from file");
    assertThat(config.retryFor()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.poolSize()).isEqualTo(9);
    assertThat(config.directoryRefresh()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void neverShowsThePassword() {
    PostgresConfig config = config("top-secret", URL, "--postgresUser=u");
    assertThat(config.toString()).contains("db:5433/wattbeam as u").doesNotContain("top-secret");
    assertThat(SerializableUtils.ensureSerializable(config)).isEqualTo(config);
    assertThat(
            config(null, "--postgresUrl=jdbc:postgresql://h/d?password=hidden", "--postgresUser=u"))
        .isNull();
    assertThat(errors)
        .singleElement()
        .asString()
        .contains("holds a password")
        .doesNotContain("hidden");
  }

  @Test
  void namesAllThatIsMissing() {
    assertThat(config(null)).isNull();
    assertThat(errors)
        .containsExactly(
            "--postgresUrl is missing: give a JDBC URL, such as"
                + " --postgresUrl=jdbc:postgresql://localhost:5432/wattbeam",
            "--postgresUser is missing: give the login role, such as --postgresUser=wattbeam");
  }

  @Test
  void namesAllThatIsWrong(@TempDir Path directory) throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), " \n");
    assertThat(
            config(
                null,
                "--postgresUrl=postgres://db/wattbeam",
                "--postgresUser=u",
                "--postgresPasswordFile=" + empty,
                "--postgresRetryFor=10m",
                "--postgresPoolSize=0",
                "--meterDirectoryRefresh=PT0S"))
        .isNull();
    assertThat(errors).hasSize(5);
    assertThat(errors.get(0)).contains("postgres://db/wattbeam is no PostgreSQL JDBC URL");
    assertThat(errors.get(1)).contains("is empty: write the password into it");
    assertThat(errors.get(2)).contains("--postgresRetryFor=10m is no ISO 8601 duration");
    assertThat(errors.get(3)).contains("--postgresPoolSize=0 is not between 1 and 1000");
    assertThat(errors.get(4)).contains("--meterDirectoryRefresh=PT0S is not between PT1S");
    errors.clear();
    assertThat(
            config(
                null,
                URL,
                "--postgresUser=u",
                "--postgresPasswordFile=" + directory.resolve("absent")))
        .isNull();
    assertThat(errors).singleElement().asString().contains("cannot be read (NoSuchFileException)");
  }

  @Test
  void findsNothingWrongWithAGoodDatabase() {
    assertThat(PostgresDatabase.check(TestDatabase.migrated().pipeline())).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithADatabase() {
    TestDatabase database = TestDatabase.migrated();
    PostgresConfig good = database.pipeline();
    assertProblem(
        good.withUser(good.user(), "wrong"), "refuses the password of user a-pipeline: correct");
    assertProblem(good.withUser(good.user(), null), "wants a password for user a-pipeline");
    assertProblem(
        PostgresConfig.of("jdbc:postgresql://127.0.0.1:1/x", "u", "p"),
        "PostgreSQL at 127.0.0.1:1/x does not answer: start the server or correct --postgresUrl");
    assertProblem(
        PostgresConfig.of("jdbc:postgresql://no-such-host.invalid/x", "u", "p"),
        "no-such-host.invalid:5432/x does not answer");
    String absent = good.url().replaceAll("/[^/]*$", "/absent");
    assertProblem(
        PostgresConfig.of(absent, good.user(), good.password()),
        "there is no database absent: create it");
    assertProblem(TestDatabase.empty().owner(), "has no WattBeam schema: run MigrateDatabase");
    PostgresDatabase.createLogin(database.owner(), "stranger", "s", "pg_monitor");
    assertProblem(good.withUser("stranger", "s"), "GRANT wattbeam_pipeline TO stranger");
    assertProblem(database.reader(), "GRANT wattbeam_pipeline TO a-reader");
    database.execute("UPDATE wattbeam.flyway_schema_history SET version = '999'");
    String version = Integer.toString(Migrations.SCHEMA_VERSION);
    assertProblem(
        good,
        "has schema version 999, newer than this program's " + version + ": use the WattBeam");
    database.execute("UPDATE wattbeam.flyway_schema_history SET version = '0'");
    assertProblem(
        good, "has schema version 0, this program needs " + version + ": run MigrateDatabase");
  }

  private static void assertProblem(PostgresConfig config, String part) {
    assertThat(PostgresDatabase.check(config))
        .singleElement()
        .asString()
        .contains(part)
        .doesNotContain("\n");
  }

  @Test
  void migratingFailsWithOneLine() {
    PostgresConfig good = TestDatabase.migrated().pipeline();
    for (PostgresConfig bad :
        List.of(
            good.withUser(good.user(), "wrong"),
            PostgresConfig.of("jdbc:postgresql://127.0.0.1:1/x", "u", "p"),
            TestDatabase.empty().pipeline())) {
      assertThatThrownBy(() -> Migrations.migrate(bad))
          .isInstanceOf(PostgresException.class)
          .satisfies(
              e -> assertThat(e.getMessage()).doesNotContain("\n").contains("PostgreSQL at"));
    }
  }
}
