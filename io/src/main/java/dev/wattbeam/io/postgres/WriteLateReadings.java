package dev.wattbeam.io.postgres;

import dev.wattbeam.model.LateReading;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Keeps readings that came after the allowed lateness in {@code late_readings} for the repair, each
 * once: its key is its origin, and what is stored stays as it is. Waits and fails like {@link
 * WriteConsumption}.
 */
public final class WriteLateReadings extends PTransform<PCollection<LateReading>, PDone> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig config;

  private WriteLateReadings(PostgresConfig config) {
    this.config = config;
  }

  /** Writes to this database, with the rights of the role {@code wattbeam_pipeline}. */
  public static WriteLateReadings to(PostgresConfig config) {
    return new WriteLateReadings(config);
  }

  @Override
  public PDone expand(PCollection<LateReading> input) {
    input.apply(
        "Insert new",
        ParDo.of(new UpsertFn<>(config, (late, rows) -> rows.add(Tables.LATE_READINGS, late))));
    return PDone.in(input.getPipeline());
  }
}
