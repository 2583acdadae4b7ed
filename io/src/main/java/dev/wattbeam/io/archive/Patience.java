package dev.wattbeam.io.archive;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long a store that fails is asked again: since the last thing that went well. */
final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final Duration limit;
  private long goodNanos = System.nanoTime();
  private long pauseMillis = 500;

  Patience(Duration limit) {
    this.limit = limit;
  }

  /** Something that is done as a whole, and may be done again. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException;
  }

  static <T> T retry(Duration limit, Attempt<T> attempt) throws IOException {
    Patience patience = new Patience(limit);
    while (true) {
      try {
        return attempt.run();
      } catch (IOException e) {
        patience.failed(e);
      }
    }
  }

  void succeeded() {
    goodNanos = System.nanoTime();
    pauseMillis = 500;
  }

  /** Waits; throws what failed when that has gone on for too long. */
  void failed(IOException e) throws IOException {
    long failingNanos = System.nanoTime() - goodNanos;
    if (failingNanos + Duration.ofMillis(pauseMillis).toNanos() > limit.toNanos()) {
      throw e;
    }
    LOG.warn("The archive fails, trying again in {} ms: {}", pauseMillis, e.toString());
    try {
      Thread.sleep(pauseMillis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw e;
    }
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE.toMillis());
  }
}
