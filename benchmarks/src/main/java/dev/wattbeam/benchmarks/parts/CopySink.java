package dev.wattbeam.benchmarks.parts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Upserts rows into a table on one connection: batches of {@link #BATCH_ROWS} rows go into a
 * temporary table in the binary format of COPY, and from there into the table by one INSERT ... ON
 * CONFLICT DO UPDATE, in one transaction. A key at most once between two flushes. Not thread-safe.
 */
public final class CopySink implements AutoCloseable {
  /** Rows of one transaction. */
  public static final int BATCH_ROWS = 20_000;

  /** PGCOPY, newline, 0xFF, carriage return, newline, NUL; no flags; no header extension. */
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private static final int MAX_ROW_BYTES = 512;

  private final OutputTable table;
  private final Connection connection;
  private final Statement statement;
  private final ByteBuffer batch = ByteBuffer.allocate(2 * 1024 * 1024);
  private int rows;

  private CopySink(OutputTable table, Connection connection) throws SQLException {
    this.table = table;
    this.connection = connection;
    this.statement = connection.createStatement();
    statement.execute("SET temp_buffers = '32MB'");
    statement.execute(table.createTemporaryStatement());
    connection.commit();
    batch.put(HEADER);
  }

  /** Opens a connection that writes to a table. */
  public static CopySink open(ContenderOptions options, OutputTable table) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", options.postgresUser());
    if (options.postgresPassword() != null) {
      login.setProperty("password", options.postgresPassword());
    }
    Connection connection = DriverManager.getConnection(options.postgresUrl(), login);
    connection.setAutoCommit(false);
    return new CopySink(table, connection);
  }

  /** Adds a row of {@link OutputTable#DOWNSAMPLING}. */
  public void addMinute(String meter, long minuteMillis, int n, long min, long max, long sum)
      throws SQLException {
    startRow();
    putText(meter);
    putLong(minuteMillis);
    putInt(n);
    putLong(min);
    putLong(max);
    putLong(sum);
    endRow();
  }

  /** Adds a row of {@link OutputTable#HOUR_OF_DAY}. */
  public void addHour(String meter, long windowMillis, int hour, int n, long sum)
      throws SQLException {
    startRow();
    putText(meter);
    putLong(windowMillis);
    putShort(hour);
    putInt(n);
    putLong(sum);
    endRow();
  }

  /** Adds a row of {@link OutputTable#HIERARCHY}. */
  public void addNode(int level, int node, long minuteMillis, int n, long sum) throws SQLException {
    startRow();
    putShort(level);
    putInt(node);
    putLong(minuteMillis);
    putInt(n);
    putLong(sum);
    endRow();
  }

  private void startRow() {
    batch.putShort((short) table.columns());
  }

  private void endRow() throws SQLException {
    rows++;
    if (rows == BATCH_ROWS || batch.remaining() < MAX_ROW_BYTES) {
      flush();
    }
  }

  private void putText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    batch.putInt(bytes.length).put(bytes);
  }

  private void putLong(long value) {
    batch.putInt(8).putLong(value);
  }

  private void putInt(int value) {
    batch.putInt(4).putInt(value);
  }

  private void putShort(int value) {
    batch.putInt(2).putShort((short) value);
  }

  /** Writes what has been collected; it is committed on return. */
  public void flush() throws SQLException {
    if (rows == 0) {
      return;
    }
    batch.putShort((short) -1);
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(table.copyStatement());
    copy.writeToCopy(batch.array(), 0, batch.position());
    copy.endCopy();
    statement.executeUpdate(table.upsertStatement());
    connection.commit();
    batch.clear().put(HEADER);
    rows = 0;
  }

  /** Closes the connection; what has not been flushed is discarded. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
