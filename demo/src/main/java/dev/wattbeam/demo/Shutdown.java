package dev.wattbeam.demo;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into an orderly end: the main thread learns of it, stops everything in its order,
 * and the process waits for that, but not for ever.
 */
final class Shutdown implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 9;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onSignal, "demo-shutdown");

  private Shutdown() {}

  static Shutdown install() {
    Shutdown shutdown = new Shutdown();
    Runtime.getRuntime().addShutdownHook(shutdown.hook);
    return shutdown;
  }

  private void onSignal() {
    requested.countDown();
    try {
      if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        // Nobody else is left to tell it.
        System.err.println("demo: not everything stopped within " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean requested() {
    return requested.getCount() == 0;
  }

  /** Waits until the end is requested, at most so long; returns whether it is. */
  boolean await(long millis) {
    try {
      return requested.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Everything is stopped. */
  @Override
  public void close() {
    finished.countDown();
    if (!requested()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came in this very moment; the hook finds everything finished.
        requested.countDown();
      }
    }
  }
}
