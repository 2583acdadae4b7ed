package dev.wattbeam.io.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that is made again when it breaks. Used by one thread. */
final class PostgresSession implements AutoCloseable {
  /** What a new connection is prepared with, and what is done with one. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(PostgresSession.class);

  private static final String SETTINGS =
      "SET TimeZone = 'UTC'; SET lock_timeout = '5s'; SET synchronous_commit = on;"
          // The server notices within a minute that this machine is gone, and gives its locks back.
          + " SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;"
          + " SET tcp_keepalives_count = 3";

  private final PostgresConfig config;
  private final Work<?> prepare;
  private final Retry retry;
  private Connection connection;

  PostgresSession(PostgresConfig config, Work<?> prepare) {
    this.config = config;
    this.prepare = prepare;
    this.retry = new Retry(config, () -> {});
  }

  /**
   * Does something in autocommit mode, again on a new connection while PostgreSQL is away.
   *
   * @throws PostgresException as {@link Retry#run}
   */
  <T> T run(String what, Work<T> work) {
    return retry.run(what, () -> once(work));
  }

  /** The same without a second attempt. */
  <T> T once(Work<T> work) throws SQLException {
    try {
      if (connection == null) {
        connection = PostgresDatabase.connect(config);
        try (Statement statement = connection.createStatement()) {
          statement.execute(SETTINGS);
        }
        prepare.run(connection);
      }
      return work.run(connection);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /** Ends the connection; a further use makes another one. */
  @Override
  public void close() {
    Connection last = connection;
    connection = null;
    try {
      if (last != null) {
        last.close();
      }
    } catch (SQLException e) {
      LOG.debug("A connection was not closed well", e);
    }
  }
}
