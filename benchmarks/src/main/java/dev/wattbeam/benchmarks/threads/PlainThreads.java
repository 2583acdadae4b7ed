package dev.wattbeam.benchmarks.threads;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingTopic;
import dev.wattbeam.benchmarks.parts.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does a workload in plain threads, each with a share of the partitions: what the work itself
 * costs.
 */
public final class PlainThreads {
  private PlainThreads() {}

  /** Does the work of one thread; then that which waits for all threads. */
  interface Work {
    /** The work of a thread. */
    PartitionReader.Polls thread(int thread) throws Exception;

    /** What is left when all threads are done. */
    void end() throws Exception;
  }

  /** Does the workload. */
  public static void main(String[] args) throws Exception {
    ContenderOptions options = ContenderOptions.parse(args);
    int threads = options.parallelism();
    Map<Integer, Long> sizes = ReadingTopic.sizes(options.bootstrapServers(), options.topic());
    Work work =
        options.workload() == Workload.WHOLE_JOB
            ? new WholeJobWork(options)
            : WindowWork.of(options, sizes.size());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        running.add(
            executor.submit(
                () -> {
                  PartitionReader.read(
                      options.bootstrapServers(),
                      options.topic(),
                      PartitionReader.ofThread(thread, threads, sizes.size()),
                      sizes,
                      work.thread(thread));
                  return null;
                }));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    } finally {
      executor.shutdownNow();
    }
    work.end();
  }
}
