package dev.wattbeam.io.postgres;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRows;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Upserts consumption rows into {@code intervals}, {@code hours}, {@code days}, {@code months} and
 * the same tables of groups. A stored row is replaced only by one whose revision is not lower, so
 * neither order nor repetition of the input matters.
 *
 * <p>A bundle is one transaction over all tables (several when it has more than 50 000 rows). While
 * the database is away the bundle waits; it fails with a {@link PostgresException} after {@link
 * PostgresConfig#retryFor}.
 */
public final class WriteConsumption extends PTransform<PCollection<ConsumptionRows>, PDone> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig config;

  private WriteConsumption(PostgresConfig config) {
    this.config = config;
  }

  /** Writes to this database, with the rights of the role {@code wattbeam_pipeline}. */
  public static WriteConsumption to(PostgresConfig config) {
    return new WriteConsumption(config);
  }

  @Override
  public PDone expand(PCollection<ConsumptionRows> input) {
    input.apply("Upsert rows", ParDo.of(new UpsertFn<>(config, WriteConsumption::route)));
    return PDone.in(input.getPipeline());
  }

  private static void route(ConsumptionRows element, UpsertBuffer rows) {
    for (ConsumptionRow row : element.rows()) {
      rows.add(Tables.consumption(row.ownerKind(), row.level()), row);
    }
  }
}
