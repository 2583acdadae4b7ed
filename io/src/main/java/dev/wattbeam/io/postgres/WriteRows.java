package dev.wattbeam.io.postgres;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Upserts rows of any tables: what an element is in rows, its route says. Waits and fails like
 * {@link WriteConsumption}.
 *
 * @param <T> what rows are made from
 */
public final class WriteRows<T> extends PTransform<PCollection<T>, PDone> {
  private static final long serialVersionUID = 1;

  /** Says which rows of which tables an element is. */
  @FunctionalInterface
  public interface Route<T> extends Serializable {
    /** Adds the rows of an element. */
    void add(T element, UpsertBuffer rows);
  }

  private final PostgresConfig config;
  private final Route<T> route;

  private WriteRows(PostgresConfig config, Route<T> route) {
    this.config = requireNonNull(config, "config");
    this.route = requireNonNull(route, "route");
  }

  /** Writes to this database, with the rights of its user. */
  public static <T> WriteRows<T> to(PostgresConfig config, Route<T> route) {
    return new WriteRows<>(config, route);
  }

  @Override
  public PDone expand(PCollection<T> input) {
    input.apply("Upsert rows", ParDo.of(new UpsertFn<>(config, route)));
    return PDone.in(input.getPipeline());
  }
}
