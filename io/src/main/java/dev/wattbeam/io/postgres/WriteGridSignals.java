package dev.wattbeam.io.postgres;

import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridValue;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Keeps the newest version of each grid value in {@code grid_signals}: of the later stage, within a
 * stage of what became known later. So neither order nor repetition of the input matters. Waits and
 * fails like {@link WriteConsumption}.
 */
public final class WriteGridSignals extends PTransform<PCollection<GridSignal>, PDone> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig config;

  private WriteGridSignals(PostgresConfig config) {
    this.config = config;
  }

  /** Writes to this database, with the rights of the role {@code wattbeam_pipeline}. */
  public static WriteGridSignals to(PostgresConfig config) {
    return new WriteGridSignals(config);
  }

  @Override
  public PDone expand(PCollection<GridSignal> input) {
    input.apply("Upsert newest", ParDo.of(new UpsertFn<>(config, WriteGridSignals::route)));
    return PDone.in(input.getPipeline());
  }

  private static void route(GridSignal signal, UpsertBuffer rows) {
    for (GridValue value : signal.values()) {
      rows.add(Tables.GRID_SIGNALS, new GridRow(signal, value));
    }
  }

  /** A value with what the signal says about all of its values. */
  record GridRow(GridSignal signal, GridValue value) {}
}
