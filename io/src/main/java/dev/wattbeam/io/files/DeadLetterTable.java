package dev.wattbeam.io.files;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.model.DeadLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;

/**
 * Puts rejected rows into the table {@code dead_letters}, beside those of the pipelines. The same
 * row of the same file again replaces itself. Not thread-safe.
 */
public final class DeadLetterTable implements AutoCloseable {
  private static final int BATCH = 1_000;

  private final Connection connection;
  private final PreparedStatement upsert;
  private int waiting;

  private DeadLetterTable(Connection connection) throws SQLException {
    this.connection = connection;
    this.upsert =
        connection.prepareStatement(
            "INSERT INTO wattbeam.dead_letters (source, partition, position, code, pipeline, step,"
                + " message, payload, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (source, partition, position, code) DO UPDATE SET"
                + " message = excluded.message, payload = excluded.payload, time = excluded.time");
  }

  /**
   * Connects.
   *
   * @throws IOException when PostgreSQL does not let us
   */
  public static DeadLetterTable open(PostgresConfig config) throws IOException {
    Connection connection = null;
    try {
      connection = PostgresDatabase.connect(config);
      return new DeadLetterTable(connection);
    } catch (SQLException e) {
      IOException failure = failed(e);
      if (connection != null) {
        try {
          connection.close();
        } catch (SQLException closing) {
          failure.addSuppressed(closing);
        }
      }
      throw failure;
    }
  }

  /**
   * Adds a row; it is stored at the latest by {@link #close}.
   *
   * @throws UncheckedIOException when PostgreSQL refuses
   */
  public void write(DeadLetter letter) {
    try {
      upsert.setString(1, text(letter.origin().source()));
      upsert.setInt(2, letter.origin().partition());
      upsert.setLong(3, letter.origin().position());
      upsert.setString(4, letter.code().name());
      upsert.setString(5, letter.pipeline());
      upsert.setString(6, letter.step());
      upsert.setString(7, text(letter.message()));
      upsert.setString(8, text(letter.payload()));
      upsert.setTimestamp(9, new Timestamp(letter.timeMillis()));
      upsert.addBatch();
      if (++waiting == BATCH) {
        store();
      }
    } catch (SQLException e) {
      throw new UncheckedIOException(failed(e));
    }
  }

  /**
   * Stores what waits.
   *
   * @throws UncheckedIOException when PostgreSQL refuses
   */
  public void flush() {
    try {
      store();
    } catch (SQLException e) {
      throw new UncheckedIOException(failed(e));
    }
  }

  private void store() throws SQLException {
    if (waiting > 0) {
      upsert.executeBatch();
      waiting = 0;
    }
  }

  /** PostgreSQL's text cannot hold the character zero. */
  private static String text(String text) {
    return text.replace('\0', '\uFFFD');
  }

  /** Stores what waits. */
  @Override
  public void close() {
    try (connection) {
      store();
    } catch (SQLException e) {
      throw new UncheckedIOException(failed(e));
    }
  }

  private static IOException failed(SQLException e) {
    return new IOException("Rejected rows cannot be stored in PostgreSQL: " + e.getMessage(), e);
  }
}
