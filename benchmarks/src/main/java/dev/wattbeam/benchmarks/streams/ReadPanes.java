package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.OpenPanes;
import dev.wattbeam.benchmarks.parts.PaneStats;
import dev.wattbeam.io.kafka.ReadingJson;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Parses the messages of a partition and keeps statistics per meter and span of time. */
final class ReadPanes implements TaskWork<byte[]> {
  private static final long DISORDER_MILLIS = 10_000L;

  /** What is done with complete spans. */
  interface Output extends AutoCloseable {
    void pane(
        long startMillis, Map<String, PaneStats> byMeter, ProcessorContext<Integer, byte[]> context)
        throws SQLException;

    /** All spans that end at or before this time have been handed out. */
    void reached(long watermark, ProcessorContext<Integer, byte[]> context) throws SQLException;

    @Override
    void close() throws SQLException;
  }

  private final Output output;
  private final OpenPanes panes;
  private final long paneMillis;
  private final ReadingJson json = new ReadingJson();
  private long remaining;
  private long clock = Long.MIN_VALUE;

  /**
   * Before the first message.
   *
   * @param messages number of messages that the partition holds
   */
  ReadPanes(long messages, long paneMillis, Output output) {
    this.remaining = messages;
    this.output = output;
    this.paneMillis = paneMillis;
    this.panes = new OpenPanes(paneMillis);
  }

  @Override
  public void process(Record<byte[], byte[]> message, ProcessorContext<Integer, byte[]> context)
      throws SQLException {
    if (json.parse(message.value())) {
      long time = json.timeMillis();
      panes.add(json.meterChannel().meter(), time, json.value());
      if (time > clock) {
        clock = time;
        long watermark = time - DISORDER_MILLIS;
        if (panes.firstStart() + paneMillis <= watermark) {
          close(watermark, context);
        }
      }
    }
    remaining--;
    if (remaining == 0) {
      close(Long.MAX_VALUE, context);
    }
  }

  private void close(long watermark, ProcessorContext<Integer, byte[]> context)
      throws SQLException {
    panes.close(watermark, (start, byMeter) -> output.pane(start, byMeter, context));
    output.reached(watermark, context);
  }

  @Override
  public void close() throws SQLException {
    output.close();
  }
}
