package dev.wattbeam.io.store;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Writes the rows of a bundle when the bundle ends (and before, when it is large). Needs neither
 * state nor timers, so it runs on every runner; a bundle that is repeated changes nothing.
 *
 * @param <T> element
 * @param <R> row
 */
final class WriteBundlesFn<T, R> extends DoFn<T, Void> {
  /** Bounds the memory of a bundle of unknown size. */
  private static final int MAX_ROWS = 50_000;

  private static final String NAMESPACE = "wattbeam";

  /** Says which rows an element is. */
  @FunctionalInterface
  interface Route<T, R> extends Serializable {
    void add(T element, List<R> rows);
  }

  /** Says how rows are written. */
  @FunctionalInterface
  interface Writer<R> extends Serializable {
    void write(RowStore store, List<R> rows) throws StoreAwayException;
  }

  private final RowStoreConfig config;
  private final Route<T, R> route;
  private final Writer<R> writer;
  private final Counter written;
  private final Counter retries;
  private final Distribution flushMillis;
  private transient SharedStore store;
  private transient List<R> rows;

  WriteBundlesFn(RowStoreConfig config, Route<T, R> route, Writer<R> writer) {
    this.config = config;
    this.route = route;
    this.writer = writer;
    String store = config.kind().toLowerCase(Locale.ROOT);
    this.written = Metrics.counter(NAMESPACE, store + "_rows_written");
    this.retries = Metrics.counter(NAMESPACE, store + "_retries");
    this.flushMillis = Metrics.distribution(NAMESPACE, store + "_flush_millis");
  }

  @Setup
  public void setup() {
    store = SharedStore.acquire(config);
  }

  @StartBundle
  public void startBundle() {
    rows = new ArrayList<>();
  }

  @ProcessElement
  public void process(@Element T element) {
    route.add(element, rows);
    if (rows.size() >= MAX_ROWS) {
      flush();
    }
  }

  @FinishBundle
  public void finishBundle() {
    flush();
    rows = null;
  }

  private void flush() {
    if (rows.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    new Retry(config.retryFor(), retries::inc)
        .run(
            "writing " + rows.size() + " rows",
            () -> {
              writer.write(store.get(), rows);
              return null;
            });
    flushMillis.update(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    written.inc(rows.size());
    rows.clear();
  }

  @Teardown
  public void teardown() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}
