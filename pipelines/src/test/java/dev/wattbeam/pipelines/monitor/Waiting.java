package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what a job does by itself. */
final class Waiting {
  private Waiting() {}

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether it comes true in time; a job that fails meanwhile ends the wait with its failure. */
  static boolean until(Job job, Duration limit, BooleanSupplier condition) {
    return until(
        limit,
        () -> {
          if (condition.getAsBoolean()) {
            return true;
          }
          job.requireRunning();
          return false;
        });
  }

  /** Whether it comes true in time. */
  static boolean until(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause(200);
    }
    return true;
  }

  /** Waits until a streaming job has written what the model says; then compares. */
  static void untilEqual(Job job, Duration limit, TestDatabase database, Tables.Expected expected) {
    Supplier<String> difference = () -> Tables.of(database).differenceFrom(expected.tables());
    until(job, limit, () -> difference.get().isEmpty());
    assertThat(difference.get()).isEmpty();
  }
}
