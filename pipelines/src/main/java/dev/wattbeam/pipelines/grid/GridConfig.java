package dev.wattbeam.pipelines.grid;

import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/** The validated options of {@link IngestGridSignals}. */
record GridConfig(KafkaConfig kafka, PostgresConfig postgres) {
  /**
   * Validates the options.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  static GridConfig from(GridOptions options) {
    List<String> errors = new ArrayList<>();
    KafkaConfig kafka = KafkaConfig.from(options, errors);
    PostgresConfig postgres = PostgresConfig.from(options, errors);
    if (kafka != null && kafka.reader() != KafkaConfig.KafkaReader.POLL) {
      errors.add(
          kafka.reader() == KafkaConfig.KafkaReader.MICROBATCH
              ? "Grid signals are not read in streaming on Spark: run with --kafkaBounded=true now"
                  + " and then, or on Flink"
              : "--kafkaReader=kafkaio does not read grid signals; leave it out");
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return new GridConfig(kafka, postgres);
  }
}
