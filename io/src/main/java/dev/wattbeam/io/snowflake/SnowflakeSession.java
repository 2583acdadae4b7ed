package dev.wattbeam.io.snowflake;

import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.logging.Level;
import net.snowflake.client.jdbc.SnowflakeConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that is made again when it breaks. Used by one thread. */
final class SnowflakeSession implements AutoCloseable {
  /** What can be done again after a failure at any point. */
  @FunctionalInterface
  interface Work<T> {
    T run(SnowflakeSession session) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(SnowflakeSession.class);
  private static final String NO_CONNECTION = "08001";
  private static final int NETWORK_ERROR = 200_015;

  /** I/O error; internal error, which is how an upload fails whose connection breaks. */
  private static final Set<String> BROKEN = Set.of("58030", "XX000");

  private static final long FIRST_WAIT_MILLIS = 500;
  private static final long LONGEST_WAIT_MILLIS = 10_000;

  /** What the driver says at level INFO is the course of each login. Kept: else it is forgotten. */
  private static final java.util.logging.Logger DRIVER =
      java.util.logging.Logger.getLogger("net.snowflake");

  static {
    if (DRIVER.getLevel() == null) {
      DRIVER.setLevel(Level.WARNING);
    }
  }

  private final SnowflakeConfig config;
  private Connection connection;

  SnowflakeSession(SnowflakeConfig config) {
    this.config = config;
  }

  /** A connection for somebody else, who closes it, as soon as Snowflake answers. */
  static Connection connect(SnowflakeConfig config) {
    return new SnowflakeSession(config).run("connecting", SnowflakeSession::connection);
  }

  /**
   * Does something in autocommit mode, again on a new connection while Snowflake does not answer.
   *
   * @param what for messages, such as {@code merging hours}
   * @throws SnowflakeException at once for an error that stays, else when the time is up
   */
  <T> T run(String what, Work<T> work) {
    long begin = System.nanoTime();
    long wait = FIRST_WAIT_MILLIS;
    while (true) {
      try {
        return attempt(work);
      } catch (SQLException e) {
        close();
        Duration left = config.retryFor().minusNanos(System.nanoTime() - begin);
        if (!isTransient(e) || left.compareTo(Duration.ofMillis(wait)) < 0) {
          throw new SnowflakeException("Failed " + what + ". " + describe(config, e), e);
        }
        LOG.warn(
            "Failed {}; again in {} ms, for at most {} s more. {}",
            what,
            wait,
            left.toSeconds(),
            describe(config, e));
        sleep(wait, what);
        wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
      }
    }
  }

  private <T> T attempt(Work<T> work) throws SQLException {
    try {
      return work.run(this);
    } catch (IllegalArgumentException e) {
      // How the driver's back-off fails when the time for its own attempts is up.
      throw new SQLException("no answer in time", NO_CONNECTION, e);
    }
  }

  private static void sleep(long millis, String what) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SnowflakeException("Interrupted while " + what, e);
    }
  }

  /** Runs a statement; gives the number of rows that it changed or loaded. */
  long execute(String sql) throws SQLException {
    try (Statement statement = connection().createStatement()) {
      return statement.execute(sql) ? 0 : statement.getLargeUpdateCount();
    }
  }

  /** The first column of the first row; null when there is none. */
  String ask(String sql) throws SQLException {
    try (Statement statement = connection().createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      return answer.next() ? answer.getString(1) : null;
    }
  }

  /** Puts a file into a stage, in place of one that has its name. */
  void upload(String stage, String directory, String name, byte[] content) throws SQLException {
    connection()
        .unwrap(SnowflakeConnection.class)
        .uploadStream(stage, directory, new ByteArrayInputStream(content), name, false);
    // When a connection breaks, the driver sends what is left of the stream, and is content.
    String path = stage + "/" + directory + "/" + name;
    long stored = size(path);
    if (stored < content.length) {
      throw new SQLException(
          String.format("%s has %d of %d bytes", path, stored, content.length), NO_CONNECTION);
    }
  }

  /** As it is stored, which may be more than was sent: it is encrypted. -1: there is none. */
  private long size(String path) throws SQLException {
    try (Statement statement = connection().createStatement();
        ResultSet files = statement.executeQuery("LIST @" + path)) {
      while (files.next()) {
        if (files.getString(1).equalsIgnoreCase(path)) {
          return files.getLong(2);
        }
      }
      return -1;
    }
  }

  private Connection connection() throws SQLException {
    if (connection == null) {
      connection = DriverManager.getConnection(config.url(), config.driverProperties());
    }
    return connection;
  }

  private static boolean isTransient(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return e.getErrorCode() == NETWORK_ERROR || state.startsWith("08") || BROKEN.contains(state);
  }

  /** One line: what went wrong and what to do. */
  static String describe(SnowflakeConfig config, SQLException e) {
    String place = "Snowflake at " + config.place();
    String reason = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; ");
    if (isTransient(e)) {
      return place + " does not answer: look at the network and --snowflakeUrl (" + reason + ")";
    }
    return String.format("%s: %s (SQL state %s)", place, reason, e.getSQLState());
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
    } catch (SQLException | IllegalArgumentException e) {
      LOG.debug("A connection was not closed well", e);
    }
  }
}
