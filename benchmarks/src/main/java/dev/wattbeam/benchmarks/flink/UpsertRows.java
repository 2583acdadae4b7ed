package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingIntake;
import dev.wattbeam.io.postgres.PostgresRows;
import java.io.Serializable;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;

/** Writes to the tables of the product with its sink. */
final class UpsertRows<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  /** Says which row an element is. */
  interface Route<T> extends Serializable {
    void add(T element, PostgresRows rows);
  }

  private final ContenderOptions options;
  private final Route<T> route;

  UpsertRows(ContenderOptions options, Route<T> route) {
    this.options = options;
    this.route = route;
  }

  @Override
  @Deprecated // Still the method to implement in Flink 1.19.
  public SinkWriter<T> createWriter(InitContext context) {
    return new Writer<>(PostgresRows.to(ReadingIntake.postgres(options)), route);
  }

  private record Writer<T>(PostgresRows rows, Route<T> route) implements SinkWriter<T> {
    @Override
    public void write(T element, Context context) {
      route.add(element, rows);
    }

    @Override
    public void flush(boolean endOfInput) {
      rows.flush();
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
