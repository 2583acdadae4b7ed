package dev.wattbeam.io.store;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs something again while a store is away, at growing distances, for a limited time. */
public final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);
  private static final long FIRST_WAIT_MILLIS = 200;
  private static final long LONGEST_WAIT_MILLIS = 10_000;

  /** Work that may be run again after a failure at any point. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it; throws when the store is away. */
    T run() throws StoreAwayException;
  }

  private final Duration retryFor;
  private final Runnable onRetry;

  /**
   * For so long.
   *
   * @param onRetry hears of each failed attempt that is repeated
   */
  public Retry(Duration retryFor, Runnable onRetry) {
    this.retryFor = retryFor;
    this.onRetry = onRetry;
  }

  /**
   * Gives what the first attempt that goes well gives.
   *
   * @param what for messages, such as {@code writing 12 rows}
   * @throws StoreException when the time is up
   */
  public <T> T run(String what, Work<T> work) {
    long start = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      try {
        return work.run();
      } catch (StoreAwayException e) {
        Duration left = retryFor.minusNanos(System.nanoTime() - start);
        if (left.isNegative() || left.isZero()) {
          throw new StoreException(
              String.format(
                  "Gave up %s after %d attempts within %s. %s",
                  what, attempt, retryFor, e.getMessage()),
              e);
        }
        long wait = Math.min(waitMillis(attempt), left.toMillis() + 1);
        LOG.warn(
            "Attempt {} at {} failed; again in {} ms, for at most {} s more. {}",
            attempt,
            what,
            wait,
            left.toSeconds(),
            e.getMessage());
        onRetry.run();
        sleep(wait, what);
      }
    }
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
      throw new StoreException("Interrupted while " + what, e);
    }
  }
}
