package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.postgres.PostgresOptions;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** Options of {@link SinkContender}. */
public interface SinkOptions extends PostgresOptions {
  @Description("upsert (WattBeam's) or jdbcio (Beam's JdbcIO.write)")
  @Validation.Required
  String getSink();

  void setSink(String value);
}
