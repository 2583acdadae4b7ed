package dev.wattbeam.io.postgres;

import dev.wattbeam.io.store.StoreAwayException;
import dev.wattbeam.io.store.StoreException;
import java.sql.SQLException;

/** Runs something again while PostgreSQL is away, but not after an error that stays. */
final class Retry {
  /** Work in a transaction of its own: it may be run again after a failure at any point. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  private final PostgresConfig config;
  private final dev.wattbeam.io.store.Retry retry;

  Retry(PostgresConfig config, Runnable onRetry) {
    this.config = config;
    this.retry = new dev.wattbeam.io.store.Retry(config.retryFor(), onRetry);
  }

  /**
   * @param what for messages, such as {@code writing 12 rows to hours}
   * @throws PostgresException at once for an error that stays, else when the time is up
   */
  <T> T run(String what, Work<T> work) {
    try {
      return retry.run(what, () -> attempt(what, work));
    } catch (StoreException e) {
      throw new PostgresException(e.getMessage(), e);
    }
  }

  private <T> T attempt(String what, Work<T> work) throws StoreAwayException {
    try {
      return work.run();
    } catch (SQLException e) {
      String message = PostgresErrors.describe(config, e);
      if (PostgresErrors.isTransient(e)) {
        throw new StoreAwayException(message, e);
      }
      throw new PostgresException("Failed " + what + ". " + message, e);
    }
  }
}
