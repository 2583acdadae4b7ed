package dev.wattbeam.pipelines.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wattbeam.pipelines.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadConfigTest {
  @TempDir Path directory;

  private static LoadConfig config(String... arguments) {
    return LoadConfig.from(
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(LoadOptions.class));
  }

  @Test
  void hasDefaults() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "-----BEGIN PRIVATE KEY-----");
    LoadConfig config =
        config(
            "--postgresUrl=jdbc:postgresql://h/d",
            "--postgresUser=p",
            "--snowflakeUrl=jdbc:snowflake://a.snowflakecomputing.com",
            "--snowflakeUser=s",
            "--snowflakePrivateKeyFile=" + key);
    assertThat(config.run()).matches("20\\d{6}T\\d{9}Z");
    assertThat(config.overlap()).isEqualTo(Duration.ofHours(1));
    assertThat(config.fromBeginning()).isFalse();
    assertThat(config.bytesPerFile()).isEqualTo(64L << 20);
  }

  @Test
  void namesAllThatIsWrongAtOnce() {
    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> config("--run=it's", "--overlap=1h", "--megabytesPerFile=0"));
    assertThat(refused.errors())
        .hasSize(8)
        .anyMatch(error -> error.startsWith("--postgresUrl is missing"))
        .anyMatch(error -> error.startsWith("--snowflakeUrl is missing"))
        .contains(
            "--run=it's: 1 to 100 letters, digits, _ and -",
            "--overlap=1h: not an ISO 8601 duration such as PT1H",
            "--megabytesPerFile=0: between 1 and 512");
  }

  @Test
  void migrationNamesWhatIsMissing() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertThat(MigrateWarehouse.run(new String[0], lines, lines)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("migrate-warehouse: --snowflakeUrl is missing")
        .contains("migrate-warehouse: --snowflakePrivateKeyFile is missing");
  }
}
