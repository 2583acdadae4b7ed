package dev.wattbeam.io.postgres;

import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Upserts the rows of a bundle when the bundle ends (and before, when it is large). Needs neither
 * state nor timers, so it runs on every runner; a bundle that is repeated changes nothing.
 */
final class UpsertFn<T> extends DoFn<T, Void> {
  private final PostgresConfig config;
  private final WriteRows.Route<T> route;
  private transient ConnectionPool pool;
  private transient UpsertBuffer rows;

  UpsertFn(PostgresConfig config, WriteRows.Route<T> route) {
    this.config = config;
    this.route = route;
  }

  @Setup
  public void setup() {
    pool = ConnectionPool.acquire(config);
    pool.open();
  }

  @StartBundle
  public void startBundle() {
    rows = new UpsertBuffer(pool, new BeamMetrics());
  }

  @ProcessElement
  public void process(@Element T element) {
    route.add(element, rows);
  }

  @FinishBundle
  public void finishBundle() {
    rows.flush();
    rows = null;
  }

  @Teardown
  public void teardown() {
    if (pool != null) {
      pool.close();
      pool = null;
    }
  }

  private static final class BeamMetrics implements UpsertBuffer.Listener {
    private static final String NAMESPACE = "wattbeam";

    @Override
    public void upserted(String table, long rows) {
      Metrics.counter(NAMESPACE, "postgres_rows_upserted_" + table).inc(rows);
    }

    @Override
    public void flushed(long millis) {
      Metrics.distribution(NAMESPACE, "postgres_flush_millis").update(millis);
    }

    @Override
    public void retried() {
      Metrics.counter(NAMESPACE, "postgres_retries").inc();
    }
  }
}
