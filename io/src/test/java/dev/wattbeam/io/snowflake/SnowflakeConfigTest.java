package dev.wattbeam.io.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.postgres.TableSlices.Slice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnowflakeConfigTest {
  private static final String URL = "jdbc:snowflake://org-account.snowflakecomputing.com";
  private static final String SECRET = "c2VjcmV0";

  @TempDir Path directory;

  private final List<String> errors = new ArrayList<>();

  private SnowflakeConfig config(String... arguments) {
    return SnowflakeConfig.from(
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(SnowflakeOptions.class),
        errors);
  }

  private Path key(String kind) throws IOException {
    return Files.writeString(
        directory.resolve("key"), "-----BEGIN " + kind + "-----\n" + SECRET + "\n-----END");
  }

  @Test
  void hasDefaultsAndKeepsTheKeyInItsFile() throws IOException {
    Path key = key("PRIVATE KEY");
    SnowflakeConfig config =
        config("--snowflakeUrl=" + URL, "--snowflakeUser=u", "--snowflakePrivateKeyFile=" + key);
    assertThat(errors).isEmpty();
    assertThat(config)
        .isEqualTo(
            new SnowflakeConfig(
                URL,
                "u",
                key.toString(),
                "WATTBEAM_LOADER",
                "WATTBEAM_LOAD",
                "WATTBEAM",
                Duration.ofMinutes(10)));
    assertThat(SerializableUtils.ensureSerializable(config)).isEqualTo(config);
    assertThat(config.driverProperties())
        .containsEntry("authenticator", "SNOWFLAKE_JWT")
        .containsEntry("disablePlatformDetection", "true");
    assertThat(config + " " + config.driverProperties()).doesNotContain(SECRET);
    SnowflakeDataSource source = new SnowflakeDataSource(config);
    assertThat(SerializableUtils.ensureSerializable(source)).isEqualTo(source);
    assertThat(
            new String(SerializableUtils.serializeToByteArray(source), StandardCharsets.ISO_8859_1))
        .contains(key.toString())
        .doesNotContain(SECRET);
  }

  @Test
  void namesAllThatIsWrongAtOnce() throws IOException {
    assertThat(
            config(
                "--snowflakeUrl=" + URL + "/?warehouse=W&private_key_base64=hidden",
                "--snowflakePrivateKeyFile=" + key("ENCRYPTED PRIVATE KEY"),
                "--snowflakeRole=a;b",
                "--snowflakeRetryFor=10 min"))
        .isNull();
    assertThat(errors)
        .hasSize(5)
        .anyMatch(error -> error.startsWith("--snowflakeUrl holds a user, password or key"))
        .anyMatch(error -> error.startsWith("--snowflakeUser is missing"))
        .anyMatch(error -> error.contains("is no PKCS 8 key in PEM without passphrase"))
        .anyMatch(error -> error.startsWith("--snowflakeRole=a;b is no plain name"))
        .anyMatch(error -> error.startsWith("--snowflakeRetryFor=10 min is no ISO 8601 duration"))
        .noneMatch(error -> error.contains("hidden") || error.contains(SECRET));

    errors.clear();
    config("--snowflakeUrl=snowflake", "--snowflakeUser=u", "--snowflakePrivateKeyFile=none");
    assertThat(errors)
        .hasSize(2)
        .anyMatch(error -> error.contains("is no Snowflake JDBC URL"))
        .anyMatch(error -> error.contains("cannot be read (NoSuchFileException)"));
  }

  @Test
  void mergesOneRowPerKeyAndOnlyWhatIsNewer() {
    assertThat(WarehouseTable.named("group_days").merge("r"))
        .contains(
            "PARTITION BY GRP, CHANNEL, START_TIME ORDER BY VERSION DESC, UPDATED_AT DESC) = 1")
        .contains("ON t.GRP = s.GRP AND t.CHANNEL = s.CHANNEL AND t.START_TIME = s.START_TIME")
        .contains("WHEN MATCHED AND (s.VERSION > t.VERSION OR s.VERSION = t.VERSION AND");
  }

  @Test
  void codesSlices() throws Exception {
    Slice slice =
        new Slice("intervals", "intervals_2024_03", "(start_time > 'é')", 0, 4_294_967_294L);
    assertThat(CoderUtils.clone(SliceCoder.of(), slice)).isEqualTo(slice);
  }
}
