package dev.wattbeam.pipelines.program;

import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.KafkaOptions;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresOptions;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Judges the options about servers as the Beam pipelines do; each error is one line. */
public final class ServerOptions {
  private ServerOptions() {}

  public static KafkaConfig kafka(
      String bootstrapServers, String topic, String propertiesFile, List<String> errors) {
    KafkaOptions options = PipelineOptionsFactory.as(KafkaOptions.class);
    options.setKafkaBootstrapServers(bootstrapServers);
    options.setKafkaTopic(topic);
    options.setKafkaPropertiesFile(propertiesFile);
    return KafkaConfig.from(options, errors);
  }

  public static PostgresConfig postgres(
      String url, String user, String passwordFile, List<String> errors) {
    PostgresOptions options = PipelineOptionsFactory.as(PostgresOptions.class);
    options.setPostgresUrl(url);
    options.setPostgresUser(user);
    options.setPostgresPasswordFile(passwordFile);
    return PostgresConfig.from(options, errors);
  }

  /**
   * Judges {@code --create-topic}.
   *
   * @param partitions null when it was not given
   */
  public static void checkPartitions(Integer partitions, List<String> errors) {
    if (partitions != null && (partitions < 1 || partitions > 100_000)) {
      errors.add("--create-topic=" + partitions + " has to be a number of partitions from 1");
    }
  }
}
