package dev.wattbeam.io.postgres;

import dev.wattbeam.model.DeadLetter;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Stores rejected records in {@code dead_letters}, each once: its key is origin and code, and what
 * is stored stays as it is. Waits and fails like {@link WriteConsumption}.
 */
public final class WriteDeadLetters extends PTransform<PCollection<DeadLetter>, PDone> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig config;

  private WriteDeadLetters(PostgresConfig config) {
    this.config = config;
  }

  /** Writes to this database, with the rights of the role {@code wattbeam_pipeline}. */
  public static WriteDeadLetters to(PostgresConfig config) {
    return new WriteDeadLetters(config);
  }

  @Override
  public PDone expand(PCollection<DeadLetter> input) {
    input.apply(
        "Insert new",
        ParDo.of(new UpsertFn<>(config, (letter, rows) -> rows.add(Tables.DEAD_LETTERS, letter))));
    return PDone.in(input.getPipeline());
  }
}
