package dev.wattbeam.pipelines.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateDatabaseTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return MigrateDatabase.run(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void makesTheSchemaAndTheLoginOfThePipelines(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "it's \"secret\"\n");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      String[] args = {
        "--postgresUrl=" + postgres.jdbcUrl(),
        "--postgresUser=" + postgres.user(),
        "--postgresPasswordFile=" + postgres.passwordFile(),
        "--login=meters",
        "--loginPasswordFile=" + secret
      };
      assertThat(run(args)).as(err.toString(StandardCharsets.UTF_8)).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("version " + Migrations.SCHEMA_VERSION + " (")
          .contains("Login meters has the rights of wattbeam_pipeline");
      PostgresConfig login =
          PostgresConfig.of(postgres.jdbcUrl("meters"), "meters", "it's \"secret\"");
      assertThat(PostgresDatabase.check(login)).isEmpty();

      assertThat(run(args)).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("(0 migrations run now)");

      assertThat(
              run(
                  "--postgresUrl=" + postgres.jdbcUrl(),
                  "--postgresUser=meters",
                  "--postgresPasswordFile=" + secret))
          .isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("migrate as the owner of the database")
          .hasLineCount(1);
    }
  }

  @Test
  void namesEveryWrongOptionAtOnce() {
    assertThat(run("--postgresUrl=mysql://localhost/x", "--login=meters", "--loginGroup=superuser"))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("is no PostgreSQL JDBC URL")
        .contains("--postgresUser is missing")
        .contains("--loginGroup=superuser")
        .contains("--login needs --loginPasswordFile")
        .hasLineCount(4);
    assertThat(run("--login=meters", "--nonsense=1")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("nonsense").hasLineCount(1);
  }
}
