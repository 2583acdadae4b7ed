package dev.wattbeam.benchmarks.threads;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.CopySink;
import dev.wattbeam.benchmarks.parts.MeterHours;
import dev.wattbeam.benchmarks.parts.NodeSums;
import dev.wattbeam.benchmarks.parts.OpenPanes;
import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.benchmarks.parts.PaneStats;
import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.io.kafka.ReadingJson;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Downsampling, hour of day, hierarchy. */
final class WindowWork implements PlainThreads.Work {
  private static final long MINUTE_MILLIS = 60_000;
  private static final long DISORDER_MILLIS = 10_000;

  private final ContenderOptions options;
  private final Tree tree;

  private WindowWork(ContenderOptions options, Tree tree) {
    this.options = options;
    this.tree = tree;
  }

  static WindowWork of(ContenderOptions options, int partitions) throws SQLException {
    return new WindowWork(
        options,
        options.workload() == Workload.HIERARCHY
            ? new Tree(CopySink.open(options, OutputTable.HIERARCHY), partitions)
            : null);
  }

  @Override
  public PartitionReader.Polls thread(int thread) throws SQLException {
    return switch (options.workload()) {
      case DOWNSAMPLING -> new Minutes(CopySink.open(options, OutputTable.DOWNSAMPLING));
      case HOUR_OF_DAY -> new Hours(CopySink.open(options, OutputTable.HOUR_OF_DAY));
      case HIERARCHY -> new Nodes(tree);
      case WHOLE_JOB -> throw new IllegalArgumentException("whole-job has no windows");
    };
  }

  @Override
  public void end() throws SQLException {
    if (tree != null) {
      tree.sink.flush();
      tree.sink.close();
    }
  }

  /** Statistics per partition, meter and span, which a meter's order within a partition closes. */
  private abstract static class Panes implements PartitionReader.Polls {
    private final ReadingJson json = new ReadingJson();
    private final long paneMillis;
    private final Map<Integer, OpenPanes> open = new HashMap<>();
    private final Map<Integer, Long> clocks = new HashMap<>();

    Panes(long paneMillis) {
      this.paneMillis = paneMillis;
    }

    abstract void pane(int partition, long startMillis, Map<String, PaneStats> byMeter)
        throws SQLException;

    @Override
    public void poll(int partition, List<ConsumerRecord<byte[], byte[]>> messages)
        throws SQLException {
      OpenPanes panes = open.computeIfAbsent(partition, p -> new OpenPanes(paneMillis));
      long clock = clocks.getOrDefault(partition, Long.MIN_VALUE);
      for (ConsumerRecord<byte[], byte[]> message : messages) {
        if (!json.parse(message.value())) {
          throw new IllegalStateException("Not a reading: " + json.reason());
        }
        long time = json.timeMillis();
        panes.add(json.meterChannel().meter(), time, json.value());
        clock = Math.max(clock, time);
      }
      clocks.put(partition, clock);
      close(partition, clock - DISORDER_MILLIS);
    }

    @Override
    public void end(int partition) throws SQLException {
      close(partition, Long.MAX_VALUE);
    }

    void close(int partition, long watermark) throws SQLException {
      OpenPanes panes = open.get(partition);
      if (panes != null) {
        panes.close(watermark, (start, byMeter) -> pane(partition, start, byMeter));
      }
    }
  }

  private static final class Minutes extends Panes {
    private final CopySink sink;

    Minutes(CopySink sink) {
      super(MINUTE_MILLIS);
      this.sink = sink;
    }

    @Override
    void pane(int partition, long startMillis, Map<String, PaneStats> byMeter) throws SQLException {
      for (Map.Entry<String, PaneStats> entry : byMeter.entrySet()) {
        PaneStats stats = entry.getValue();
        sink.addMinute(
            entry.getKey(), startMillis, stats.count(), stats.min(), stats.max(), stats.sum());
      }
    }

    @Override
    public void done() throws SQLException {
      sink.flush();
      sink.close();
    }
  }

  private static final class Hours extends Panes {
    private final CopySink sink;
    private final Map<Integer, Map<String, MeterHours>> hours = new HashMap<>();

    Hours(CopySink sink) {
      super(MeterHours.HOUR_MILLIS);
      this.sink = sink;
    }

    @Override
    void pane(int partition, long startMillis, Map<String, PaneStats> byMeter) {
      Map<String, MeterHours> meters = hours.computeIfAbsent(partition, p -> new HashMap<>());
      byMeter.forEach(
          (meter, stats) ->
              meters
                  .computeIfAbsent(meter, name -> new MeterHours())
                  .add(startMillis, stats.count(), stats.sum()));
    }

    @Override
    public void end(int partition) throws SQLException {
      super.end(partition);
      Map<String, MeterHours> meters = hours.remove(partition);
      if (meters == null) {
        return;
      }
      for (Map.Entry<String, MeterHours> entry : meters.entrySet()) {
        MeterHours meter = entry.getValue();
        long lastDay = meter.days().lastKey() + MeterHours.WINDOW_DAYS - 1;
        for (long day = meter.days().firstKey(); day <= lastDay; day++) {
          meter.closeWindow(
              day, (window, hour, n, sum) -> sink.addHour(entry.getKey(), window, hour, n, sum));
        }
      }
    }

    @Override
    public void done() throws SQLException {
      sink.flush();
      sink.close();
    }
  }

  private static final class Nodes extends Panes {
    private final Tree tree;

    Nodes(Tree tree) {
      super(MINUTE_MILLIS);
      this.tree = tree;
    }

    @Override
    void pane(int partition, long startMillis, Map<String, PaneStats> byMeter) {
      tree.add(startMillis, NodeSums.of(byMeter));
    }

    @Override
    void close(int partition, long watermark) throws SQLException {
      super.close(partition, watermark);
      tree.advance(partition, watermark);
    }
  }

  /** Nodes have meters in all partitions, so a minute is complete when all have passed it. */
  private static final class Tree {
    private final CopySink sink;
    private final long[] watermarks;
    private final TreeMap<Long, NodeSums> minutes = new TreeMap<>();

    Tree(CopySink sink, int partitions) {
      this.sink = sink;
      watermarks = new long[partitions];
      Arrays.fill(watermarks, Long.MIN_VALUE);
    }

    synchronized void add(long minute, NodeSums part) {
      NodeSums sums = minutes.computeIfAbsent(minute, m -> new NodeSums());
      part.forEach(sums::add);
    }

    synchronized void advance(int partition, long watermark) throws SQLException {
      watermarks[partition] = watermark;
      long lowest = Arrays.stream(watermarks).min().orElseThrow();
      while (!minutes.isEmpty() && minutes.firstKey() + MINUTE_MILLIS <= lowest) {
        Map.Entry<Long, NodeSums> minute = minutes.pollFirstEntry();
        minute
            .getValue()
            .forEach(
                (level, node, meters, sum) ->
                    sink.addNode(level, node, minute.getKey(), meters, sum));
      }
    }
  }
}
