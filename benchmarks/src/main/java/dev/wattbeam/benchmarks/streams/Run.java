package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingTopic;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.processor.TaskId;

/** What the tasks of one run know in common: a stream has no end, but this topic has one. */
final class Run implements AutoCloseable {
  private final ContenderOptions options;
  private final Map<Integer, Long> sizes;
  private final int sources;
  private final CountDownLatch openTasks;
  private final Map<TaskId, TaskWork<?>> parked = new ConcurrentHashMap<>();
  private volatile Throwable failure;

  Run(ContenderOptions options) {
    this.options = options;
    this.sizes = ReadingTopic.sizes(options.bootstrapServers(), options.topic());
    this.sources = (int) sizes.values().stream().filter(size -> size > 0).count();
    this.openTasks = new CountDownLatch(tasks());
  }

  /** Tasks that write rows: those of the topic, those of the repartition topic behind it. */
  private int tasks() {
    int behind = sources == 0 ? 0 : repartitions();
    return switch (options.workload()) {
      case DOWNSAMPLING, HOUR_OF_DAY -> sources;
      case HIERARCHY -> behind;
      case WHOLE_JOB -> sources + behind;
    };
  }

  ContenderOptions options() {
    return options;
  }

  /** Messages of a partition. */
  long size(int partition) {
    return sizes.get(partition);
  }

  /** Partitions that hold messages. */
  int sources() {
    return sources;
  }

  /** Partitions of a repartition topic. */
  int repartitions() {
    return options.parallelism();
  }

  /** The work of a task, from the thread that had it before if there was one. */
  @SuppressWarnings("unchecked") // A task's work was parked by the same processor.
  <K> TaskWork<K> take(TaskId task, TaskWork.Factory<K> factory) throws SQLException {
    TaskWork<K> work = (TaskWork<K>) parked.remove(task);
    return work == null ? factory.open(task.partition()) : work;
  }

  void park(TaskId task, TaskWork<?> work) {
    parked.put(task, work);
  }

  /** Closes the work of all tasks, which the threads have left. */
  @Override
  public void close() throws SQLException {
    for (TaskWork<?> work : parked.values()) {
      work.close();
    }
  }

  /** A task has committed its last row. */
  void taskDone() {
    openTasks.countDown();
  }

  void failed(Throwable cause) {
    failure = cause;
    while (openTasks.getCount() > 0) {
      openTasks.countDown();
    }
  }

  void await() throws InterruptedException {
    openTasks.await();
    if (failure != null) {
      throw new IllegalStateException("A stream thread failed", failure);
    }
  }
}
