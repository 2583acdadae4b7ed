package dev.wattbeam.benchmarks.streams;

import java.sql.SQLException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What a task does and knows. Kafka Streams moves tasks between its threads while they join the
 * group one after the other, and a task begins anew then; this stays.
 */
interface TaskWork<K> extends AutoCloseable {
  /** Makes the work of a task when it is assigned for the first time. */
  interface Factory<K> {
    TaskWork<K> open(int partition) throws SQLException;
  }

  void process(Record<K, byte[]> message, ProcessorContext<Integer, byte[]> context)
      throws SQLException;

  @Override
  void close() throws SQLException;

  /** Hands the messages of a task to its work. */
  final class Delegate<K> implements Processor<K, byte[], Integer, byte[]> {
    private final Run run;
    private final Factory<K> factory;
    private ProcessorContext<Integer, byte[]> context;
    private TaskWork<K> work;

    Delegate(Run run, Factory<K> factory) {
      this.run = run;
      this.factory = factory;
    }

    @Override
    public void init(ProcessorContext<Integer, byte[]> newContext) {
      context = newContext;
      try {
        work = run.take(context.taskId(), factory);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void process(Record<K, byte[]> message) {
      try {
        work.process(message, context);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      run.park(context.taskId(), work);
    }
  }
}
