package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.kafka.KafkaOptions;
import dev.wattbeam.io.postgres.PostgresOptions;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Options of {@link BeamContender}. */
public interface BeamOptions extends KafkaOptions, PostgresOptions {
  @Description("downsampling, hour-of-day or hierarchy")
  @Validation.Required
  String getWorkload();

  void setWorkload(String value);
}
