package dev.wattbeam.demo;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that never keep the process alive. */
final class Threads {
  private Threads() {}

  static ExecutorService daemons(String name, int count) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        count,
        task -> {
          Thread thread = new Thread(task, "demo-" + name + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
