package dev.wattbeam.demo;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.model.DeadLetter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;

/** Keeps rejected rows of a file with the other dead letters. Not thread-safe. */
final class RejectedRowsWriter implements AutoCloseable {
  private static final int BATCH = 1_000;

  private final Connection connection;
  private final PreparedStatement insert;
  private int waiting;

  private RejectedRowsWriter(Connection connection) throws SQLException {
    this.connection = connection;
    this.insert =
        connection.prepareStatement(
            "INSERT INTO wattbeam.dead_letters (source, partition, position, code, pipeline, step,"
                + " message, payload, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING");
  }

  static RejectedRowsWriter open(PostgresConfig database) {
    try {
      return new RejectedRowsWriter(PostgresDatabase.connect(database));
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  void write(DeadLetter rejected) {
    try {
      insert.setString(1, text(rejected.origin().source()));
      insert.setInt(2, rejected.origin().partition());
      insert.setLong(3, rejected.origin().position());
      insert.setString(4, rejected.code().name());
      insert.setString(5, rejected.pipeline());
      insert.setString(6, rejected.step());
      insert.setString(7, text(rejected.message()));
      insert.setString(8, text(rejected.payload()));
      insert.setTimestamp(9, new Timestamp(rejected.timeMillis()));
      insert.addBatch();
      if (++waiting == BATCH) {
        flush();
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void flush() throws SQLException {
    if (waiting > 0) {
      insert.executeBatch();
      waiting = 0;
    }
  }

  /** PostgreSQL's text cannot hold the character zero. */
  private static String text(String text) {
    return text.replace('\0', '\uFFFD');
  }

  /** Writes what waits. */
  @Override
  public void close() {
    try (connection) {
      flush();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static DemoException failed(SQLException e) {
    return new DemoException("Rejected rows cannot be stored: " + e.getMessage(), e);
  }
}
