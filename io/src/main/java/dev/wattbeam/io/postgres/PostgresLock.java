package dev.wattbeam.io.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock between processes that work with one database. The server takes it back when a process
 * ends, in whichever way.
 */
public final class PostgresLock {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresLock.class);
  private static final long PAUSE_MILLIS = 500;

  private final PostgresConfig config;
  private final String name;

  private PostgresLock(PostgresConfig config, String name) {
    this.config = requireNonNull(config, "config");
    this.name = requireNonNull(name, "name");
  }

  /** The lock of this name. */
  public static PostgresLock of(PostgresConfig config, String name) {
    return new PostgresLock(config, name);
  }

  /**
   * Does something while nobody else has the lock.
   *
   * @throws PostgresException when somebody else has had it for {@code retryFor}
   */
  public <T> T hold(Supplier<T> work) throws InterruptedException {
    long end = System.nanoTime() + config.retryFor().toNanos();
    try (PostgresSession session = new PostgresSession(config, connection -> null)) {
      for (boolean first = true; !take(session); first = false) {
        if (first) {
          LOG.info("Waiting for the lock '{}', which another process holds", name);
        }
        if (Duration.ofNanos(end - System.nanoTime()).isNegative()) {
          throw new PostgresException(
              "Another process has held the lock '"
                  + name
                  + "' for "
                  + config.retryFor()
                  + ": wait for its end, and start again");
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      return work.get();
    }
  }

  private boolean take(PostgresSession session) {
    return session.run(
        "locking " + name,
        connection -> {
          try (PreparedStatement lock =
              connection.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
            lock.setString(1, name);
            try (ResultSet answer = lock.executeQuery()) {
              answer.next();
              return answer.getBoolean(1);
            }
          }
        });
  }
}
