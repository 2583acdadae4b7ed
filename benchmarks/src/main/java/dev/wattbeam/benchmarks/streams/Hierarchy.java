package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.CopySink;
import dev.wattbeam.benchmarks.parts.NodeSums;
import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.benchmarks.parts.PaneStats;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Sums over nodes: of the meters of a partition first, which go through the repartition topic in
 * one message per minute and partition of it, and then over the partitions.
 */
final class Hierarchy {
  private Hierarchy() {}

  /** Sums over the meters of one partition. */
  static final class Partial implements ReadPanes.Output {
    private final Run run;
    private final int source;

    Partial(Run run, int source) {
      this.run = run;
      this.source = source;
    }

    @Override
    public void pane(
        long startMillis,
        Map<String, PaneStats> byMeter,
        ProcessorContext<Integer, byte[]> context) {
      Message[] messages = messages(startMillis);
      NodeSums.of(byMeter)
          .forEach(
              (level, node, meters, sum) ->
                  messages[(node + level) % messages.length].add(level, node, meters, sum));
      send(messages, context);
    }

    @Override
    public void reached(long watermark, ProcessorContext<Integer, byte[]> context) {
      if (watermark == Long.MAX_VALUE) {
        send(messages(Long.MAX_VALUE), context);
      }
    }

    private Message[] messages(long minuteMillis) {
      Message[] messages = new Message[run.repartitions()];
      for (int i = 0; i < messages.length; i++) {
        messages[i] = new Message(source, minuteMillis);
      }
      return messages;
    }

    private static void send(Message[] messages, ProcessorContext<Integer, byte[]> context) {
      for (int i = 0; i < messages.length; i++) {
        context.forward(new Record<>(i, messages[i].bytes(), context.currentSystemTimeMs()));
      }
    }

    @Override
    public void close() {}
  }

  /** The sums of one source and minute: source, minute, then the nodes. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream data = new DataOutputStream(bytes);

    Message(int source, long minuteMillis) {
      try {
        data.writeInt(source);
        data.writeLong(minuteMillis);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void add(int level, int node, int meters, long sum) {
      try {
        data.writeByte(level);
        data.writeInt(node);
        data.writeInt(meters);
        data.writeLong(sum);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  /** Adds up the partial sums of all partitions. */
  static final class Total implements TaskWork<Integer> {
    private final Run run;
    private final SourceClocks clocks;
    private final TreeMap<Long, NodeSums> minutes = new TreeMap<>();
    private final CopySink rows;

    Total(Run run) throws SQLException {
      this.run = run;
      this.clocks = new SourceClocks(run.sources());
      this.rows = CopySink.open(run.options(), OutputTable.HIERARCHY);
    }

    @Override
    public void process(Record<Integer, byte[]> message, ProcessorContext<Integer, byte[]> context)
        throws SQLException {
      ByteBuffer data = ByteBuffer.wrap(message.value());
      int source = data.getInt();
      long minuteMillis = data.getLong();
      if (data.hasRemaining()) {
        NodeSums sums = minutes.computeIfAbsent(minuteMillis, key -> new NodeSums());
        while (data.hasRemaining()) {
          sums.add(data.get(), data.getInt(), data.getInt(), data.getLong());
        }
      }
      write(clocks.advance(source, minuteMillis));
    }

    private void write(long doneMillis) throws SQLException {
      while (!minutes.isEmpty() && minutes.firstKey() <= doneMillis) {
        Map.Entry<Long, NodeSums> minute = minutes.pollFirstEntry();
        minute
            .getValue()
            .forEach(
                (level, node, meters, sum) ->
                    rows.addNode(level, node, minute.getKey(), meters, sum));
      }
      if (doneMillis == Long.MAX_VALUE) {
        rows.flush();
        run.taskDone();
      }
    }

    @Override
    public void close() throws SQLException {
      rows.close();
    }
  }
}
