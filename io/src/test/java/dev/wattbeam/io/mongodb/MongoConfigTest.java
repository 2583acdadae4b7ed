package dev.wattbeam.io.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

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

class MongoConfigTest {
  private final List<String> errors = new ArrayList<>();

  private MongoConfig config(String password, String... arguments) {
    MongoOptions options =
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(MongoOptions.class);
    return MongoConfig.from(
        options, name -> name.equals("WATTBEAM_MONGO_PASSWORD") ? password : null, errors);
  }

  @Test
  void isNotAskedForByDefault() {
    assertThat(config("unused")).isNull();
    assertThat(errors).isEmpty();
  }

  @Test
  void hasDefaults() {
    MongoConfig config = config(null, "--mongoUri=mongodb://m1,m2:27018/?replicaSet=rs");
    assertThat(errors).isEmpty();
    assertThat(config).isEqualTo(MongoConfig.of("mongodb://m1,m2:27018/?replicaSet=rs"));
    assertThat(config.database()).isEqualTo("wattbeam");
    assertThat(config.retryFor()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void takesEveryOption(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "it's @ %s+:/\n");
    MongoConfig config =
        config(
            "from environment",
            "--mongoUri=mongodb://u@m1/energy?authSource=admin",
            "--mongoPasswordFile=" + file,
            "--mongoRetryFor=PT90S");
    assertThat(errors).isEmpty();
    assertThat(config.connectionString().getCredential().getPassword())
        .isEqualTo("it's @ %s+:/".toCharArray());
    assertThat(config.database()).isEqualTo("energy");
    assertThat(config.retryFor()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.toString()).contains("m1/energy").doesNotContain("it");
    assertThat(SerializableUtils.ensureSerializable(config)).isEqualTo(config);
  }

  @Test
  void namesAllThatIsWrong() {
    assertWrong("--mongoUri holds a password", "--mongoUri=mongodb://u:hidden@m1/");
    assertWrong("--mongoUri names the user u without a password", "--mongoUri=mongodb://u@m1/");
    assertWrong("--mongoUri=http://m1 is no connection string", "--mongoUri=http://m1");
    assertWrong("--mongoUri has w=0", "--mongoUri=mongodb://m1/?w=0");
    assertWrong("--mongoUri is missing", "--mongoPasswordFile=x");
    errors.clear();
    assertThat(config(null, "--mongoUri=m1", "--mongoPasswordFile=/no/file", "--mongoRetryFor=x"))
        .isNull();
    assertThat(errors).hasSize(3);
  }

  private void assertWrong(String start, String... arguments) {
    errors.clear();
    assertThat(config(null, arguments)).isNull();
    assertThat(errors)
        .singleElement()
        .asString()
        .startsWith(start)
        .doesNotContain("hidden")
        .hasLineCount(1);
  }
}
