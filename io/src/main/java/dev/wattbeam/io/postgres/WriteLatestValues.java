package dev.wattbeam.io.postgres;

import dev.wattbeam.model.Reading;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Keeps the newest reading of each channel in {@code latest_values}; of two readings for one time
 * the one that the computation prefers (higher sequence number, better quality, longer duration,
 * higher value). Waits and fails like {@link WriteConsumption}.
 */
public final class WriteLatestValues extends PTransform<PCollection<Reading>, PDone> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig config;

  private WriteLatestValues(PostgresConfig config) {
    this.config = config;
  }

  /** Writes to this database, with the rights of the role {@code wattbeam_pipeline}. */
  public static WriteLatestValues to(PostgresConfig config) {
    return new WriteLatestValues(config);
  }

  @Override
  public PDone expand(PCollection<Reading> input) {
    input.apply(
        "Upsert newest",
        ParDo.of(
            new UpsertFn<>(config, (reading, rows) -> rows.add(Tables.LATEST_VALUES, reading))));
    return PDone.in(input.getPipeline());
  }
}
