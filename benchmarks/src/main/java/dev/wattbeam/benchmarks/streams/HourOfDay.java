package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.CopySink;
import dev.wattbeam.benchmarks.parts.MeterHours;
import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.benchmarks.parts.PaneStats;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Adds up the hours of each meter to windows of seven days. The sums of a day are shared by the
 * seven windows that contain it.
 */
final class HourOfDay implements ReadPanes.Output {
  private final Run run;
  private final Map<String, MeterHours> meters = new HashMap<>();
  private final CopySink rows;

  /** The window that ends with this day is the next to be written. */
  private long openDay;

  private long lastDay;

  HourOfDay(Run run) throws SQLException {
    this.run = run;
    this.rows = CopySink.open(run.options(), OutputTable.HOUR_OF_DAY);
  }

  @Override
  public void pane(
      long startMillis, Map<String, PaneStats> byMeter, ProcessorContext<Integer, byte[]> context) {
    lastDay = MeterHours.day(startMillis);
    if (meters.isEmpty()) {
      openDay = lastDay;
    }
    byMeter.forEach(
        (meter, stats) ->
            meters
                .computeIfAbsent(meter, key -> new MeterHours())
                .add(startMillis, stats.count(), stats.sum()));
  }

  @Override
  public void reached(long watermark, ProcessorContext<Integer, byte[]> context)
      throws SQLException {
    while (!meters.isEmpty()
        && openDay < lastDay + MeterHours.WINDOW_DAYS
        && (openDay + 1) * MeterHours.DAY_MILLIS <= watermark) {
      for (Map.Entry<String, MeterHours> meter : meters.entrySet()) {
        meter
            .getValue()
            .closeWindow(
                openDay,
                (window, hour, n, sum) -> rows.addHour(meter.getKey(), window, hour, n, sum));
      }
      openDay++;
    }
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
