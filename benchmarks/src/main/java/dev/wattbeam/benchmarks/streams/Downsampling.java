package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.CopySink;
import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.benchmarks.parts.PaneStats;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/** Writes the minutes. */
final class Downsampling implements ReadPanes.Output {
  private final Run run;
  private final CopySink rows;

  Downsampling(Run run) throws SQLException {
    this.run = run;
    this.rows = CopySink.open(run.options(), OutputTable.DOWNSAMPLING);
  }

  @Override
  public void pane(
      long startMillis, Map<String, PaneStats> byMeter, ProcessorContext<Integer, byte[]> context)
      throws SQLException {
    for (Map.Entry<String, PaneStats> meter : byMeter.entrySet()) {
      PaneStats stats = meter.getValue();
      rows.addMinute(
          meter.getKey(), startMillis, stats.count(), stats.min(), stats.max(), stats.sum());
    }
  }

  @Override
  public void reached(long watermark, ProcessorContext<Integer, byte[]> context)
      throws SQLException {
    if (watermark == Long.MAX_VALUE) {
      rows.flush();
      run.taskDone();
    }
  }

  @Override
  public void close() throws SQLException {
    rows.close();
  }
}
