package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.CopySink;
import dev.wattbeam.benchmarks.parts.OutputTable;
import java.io.IOException;
import java.io.Serializable;
import java.sql.SQLException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;

/** Writes rows through a {@link CopySink}. */
final class CopyRows<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  /** Says which row an element is. */
  interface Route<T> extends Serializable {
    void add(T element, CopySink rows) throws SQLException;
  }

  private final ContenderOptions options;
  private final OutputTable table;
  private final Route<T> route;

  CopyRows(ContenderOptions options, OutputTable table, Route<T> route) {
    this.options = options;
    this.table = table;
    this.route = route;
  }

  @Override
  @Deprecated // Still the method to implement in Flink 1.19.
  public SinkWriter<T> createWriter(InitContext context) throws IOException {
    try {
      return new Writer<>(CopySink.open(options, table), route);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private record Writer<T>(CopySink rows, Route<T> route) implements SinkWriter<T> {
    @Override
    public void write(T element, Context context) throws IOException {
      try {
        route.add(element, rows);
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      try {
        rows.flush();
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() throws SQLException {
      rows.close();
    }
  }
}
