package dev.wattbeam.pipelines.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wattbeam.io.archive.ArchiveSelection;
import dev.wattbeam.io.snowflake.StageConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadMessagesConfigTest {
  @TempDir Path directory;

  private static LoadMessagesConfig config(String... arguments) {
    return LoadMessagesConfig.from(
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(LoadMessagesOptions.class));
  }

  private static ConfigurationException refused(String... arguments) {
    return catchThrowableOfType(ConfigurationException.class, () -> config(arguments));
  }

  @Test
  void hasDefaults() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "-----BEGIN PRIVATE KEY-----");
    LoadMessagesConfig config =
        config(
            "--archive=/var/archive",
            "--archiveFrom=2026-11-01",
            "--archiveTo=2026-11-01",
            "--snowflakeUrl=jdbc:snowflake://a.snowflakecomputing.com",
            "--snowflakeUser=s",
            "--snowflakePrivateKeyFile=" + key,
            "--snowflakeStage=s3://bucket/wattbeam");
    LocalDate day = LocalDate.of(2026, 11, 1);
    assertThat(config.selection()).isEqualTo(ArchiveSelection.of("readings", day, day));
    assertThat(config.stage())
        .isEqualTo(new StageConfig("s3://bucket/wattbeam/", "WATTBEAM_STAGE", 8));
    assertThat(config.run()).matches("20\\d{6}T\\d{9}Z");
  }

  @Test
  void namesAllThatIsMissingAtOnce() {
    assertThat(refused().errors())
        .hasSize(7)
        .anyMatch(error -> error.startsWith("--archive is missing"))
        .anyMatch(error -> error.startsWith("--snowflakeUrl is missing"))
        .anyMatch(error -> error.startsWith("--snowflakeUser is missing"))
        .anyMatch(error -> error.startsWith("--snowflakePrivateKeyFile is missing"))
        .contains(
            "--archiveFrom is missing: give a day such as 2026-11-22",
            "--archiveTo is missing: give a day such as 2026-11-22",
            "--snowflakeStage is missing: give a folder in S3 that Snowflake may read, such as"
                + " s3://bucket/wattbeam/");
  }

  @Test
  void namesAllThatIsWrongAtOnce() {
    assertThat(
            refused(
                    "--archiveFrom=2026-11-02",
                    "--archiveTo=2026-11-01",
                    "--snowflakeStage=gs://bucket/a",
                    "--snowflakeStorageIntegration=it's",
                    "--snowflakeStageFiles=1001",
                    "--run=it's")
                .errors())
        .contains(
            "--archiveTo=2026-11-01 is before --archiveFrom=2026-11-02",
            "--snowflakeStage=gs://bucket/a: give a folder in S3 that Snowflake may read, such as"
                + " s3://bucket/wattbeam/ (letters, digits and . _ = - only)",
            "--snowflakeStorageIntegration=it's is no plain name of Snowflake: letters, digits, _"
                + " and $",
            "--snowflakeStageFiles=1001: between 1 and 1000",
            "--run=it's: 1 to 100 letters, digits, _ and -");
  }
}
