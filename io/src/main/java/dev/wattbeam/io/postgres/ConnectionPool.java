package dev.wattbeam.io.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of this process to one database, shared by all steps that write to it. Opened
 * when first needed, closed some seconds after the last user has released it.
 */
final class ConnectionPool implements AutoCloseable {
  /** Some runners make and discard their DoFns with every bundle: a pool outlives a short pause. */
  private static final long LINGER_SECONDS = 20;

  private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

  /** One pool per process and database, whatever the number of DoFn instances. */
  private static final Map<PostgresConfig, ConnectionPool> POOLS = new HashMap<>();

  private final PostgresConfig config;
  private final HikariDataSource connections;
  private final Set<String> knownPartitions = ConcurrentHashMap.newKeySet();
  private final NewRows newRows = new NewRows();
  private int users;
  private long generation;

  private ConnectionPool(PostgresConfig config) {
    this.config = config;
    this.connections = new HikariDataSource(settings(config));
  }

  private static HikariConfig settings(PostgresConfig config) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName("wattbeam-postgres-" + config.database());
    settings.setDataSource(PostgresDatabase.source(config));
    settings.setMaximumPoolSize(config.poolSize());
    settings.setMinimumIdle(0);
    settings.setIdleTimeout(TimeUnit.SECONDS.toMillis(LINGER_SECONDS));
    settings.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    // The first connection is made, and its failure reported, when it is needed.
    settings.setInitializationFailTimeout(-1);
    // A flush fits into these temp_buffers. The notices would say that a temporary table exists.
    settings.setConnectionInitSql(
        "SET TimeZone = 'UTC'; SET lock_timeout = '30s'; SET temp_buffers = '32MB';"
            + " SET client_min_messages = warning");
    return settings;
  }

  /** The pool of this database; to be released by {@link #close()} once. */
  static ConnectionPool acquire(PostgresConfig config) {
    synchronized (POOLS) {
      ConnectionPool pool = POOLS.computeIfAbsent(config, ConnectionPool::new);
      pool.users++;
      pool.generation++;
      return pool;
    }
  }

  /**
   * Opens a connection in the background, so that the first rows need not wait for it. A failure
   * shows when a connection is needed.
   */
  void open() {
    Thread opening =
        new Thread(
            () -> {
              try {
                use(connection -> null);
              } catch (SQLException e) {
                LOG.debug("No connection to {} yet: {}", config.place(), e.toString());
              }
            },
            "wattbeam-postgres-open");
    opening.setDaemon(true);
    opening.start();
  }

  /** Releases the pool; it is closed when nobody takes it again soon. */
  @Override
  public void close() {
    synchronized (POOLS) {
      users--;
      if (users == 0) {
        long unusedSince = generation;
        Executor later = CompletableFuture.delayedExecutor(LINGER_SECONDS, TimeUnit.SECONDS);
        later.execute(() -> closeIfUnusedSince(unusedSince));
      }
    }
  }

  private void closeIfUnusedSince(long unusedSince) {
    synchronized (POOLS) {
      if (generation == unusedSince && POOLS.remove(config, this)) {
        connections.close();
      }
    }
  }

  PostgresConfig config() {
    return config;
  }

  /** What is done with one connection, in autocommit mode before and after. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Lends a connection; one on which something failed is closed, and the server rolls back. */
  <T> T use(Work<T> work) throws SQLException {
    try (Connection pooled = connections.getConnection()) {
      boolean sound = false;
      try {
        // The driver's own connection: the pool logs a stack trace for each error that it sees.
        T result = work.run(pooled.unwrap(PgConnection.class));
        sound = true;
        return result;
      } finally {
        if (!sound) {
          connections.evictConnection(pooled);
        }
      }
    }
  }

  NewRows newRows() {
    return newRows;
  }

  /** Names of the partitions that are known to exist. */
  Set<String> knownPartitions() {
    return knownPartitions;
  }

  /** Looks for partitions afresh; false when none was known. */
  boolean forgetPartitions() {
    boolean knewSome = !knownPartitions.isEmpty();
    knownPartitions.clear();
    return knewSome;
  }
}
