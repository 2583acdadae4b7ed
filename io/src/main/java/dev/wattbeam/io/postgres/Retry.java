package dev.wattbeam.io.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs something again while PostgreSQL is away, at growing distances, for a limited time. */
final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);
  private static final long FIRST_WAIT_MILLIS = 200;
  private static final long LONGEST_WAIT_MILLIS = 10_000;

  /** Work in a transaction of its own: it may be run again after a failure at any point. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  private final PostgresConfig config;
  private final Runnable onRetry;

  Retry(PostgresConfig config, Runnable onRetry) {
    this.config = config;
    this.onRetry = onRetry;
  }

  /**
   * @param what for messages, such as {@code writing 12 rows to hours}
   * @throws PostgresException at once for an error that stays, else when the time is up
   */
  <T> T run(String what, Work<T> work) {
    long start = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      try {
        return work.run();
      } catch (SQLException e) {
        Duration left = config.retryFor().minusNanos(System.nanoTime() - start);
        if (!PostgresErrors.isTransient(e)) {
          throw new PostgresException("Failed " + what + ". " + describe(e), e);
        }
        if (left.isNegative() || left.isZero()) {
          throw new PostgresException(
              String.format(
                  "Gave up %s after %d attempts within %s. %s",
                  what, attempt, config.retryFor(), describe(e)),
              e);
        }
        long wait = Math.min(waitMillis(attempt), left.toMillis() + 1);
        LOG.warn(
            "Attempt {} at {} failed; again in {} ms, for at most {} s more. {}",
            attempt,
            what,
            wait,
            left.toSeconds(),
            describe(e));
        onRetry.run();
        sleep(wait, what);
      }
    }
  }

  private String describe(SQLException e) {
    return PostgresErrors.describe(config, e);
  }

  /** Doubles up to a limit; a random part keeps many workers from coming back at one moment. */
  private static long waitMillis(int attempt) {
    long full = Math.min(FIRST_WAIT_MILLIS << Math.min(attempt - 1, 10), LONGEST_WAIT_MILLIS);
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }

  private static void sleep(long millis, String what) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostgresException("Interrupted while " + what, e);
    }
  }
}
