package dev.wattbeam.pipelines.program;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work that Ctrl-C ends at the next good moment, with what was sent safely stored. */
public final class UntilStopped {
  private static final int STOP_SECONDS = 15;

  private UntilStopped() {}

  /** Work that can fail as servers and files do. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /**
   * Runs the work to its end.
   *
   * @param stop asks the work to end soon, from another thread; the process then waits for it, up
   *     to 15 s
   */
  public static <T> T run(Runnable stop, Work<T> work) throws IOException, InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              stop.run();
              try {
                if (!done.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                  Thread.currentThread().interrupt();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.run();
    } finally {
      done.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The hook is what ended it.
      }
    }
  }
}
