package dev.wattbeam.benchmarks.parts;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Statistics per meter and span of time (minute, hour), kept until the watermark has passed the
 * span. The time of a reading is the end of what it stands for, so it belongs to the span that
 * contains the millisecond before it. Not thread-safe.
 */
public final class OpenPanes {
  /** Gets the spans that are complete. */
  @FunctionalInterface
  public interface Output<E extends Exception> {
    void pane(long startMillis, Map<String, PaneStats> byMeter) throws E;
  }

  private final long paneMillis;
  private final TreeMap<Long, Map<String, PaneStats>> open = new TreeMap<>();
  private long recentStart;
  private Map<String, PaneStats> recent;

  /** Without readings. */
  public OpenPanes(long paneMillis) {
    this.paneMillis = paneMillis;
  }

  public void add(String meter, long timeMillis, long value) {
    long start = Math.floorDiv(timeMillis - 1, paneMillis) * paneMillis;
    if (recent == null || start != recentStart) {
      recent = open.computeIfAbsent(start, key -> new HashMap<>());
      recentStart = start;
    }
    PaneStats stats = recent.get(meter);
    if (stats == null) {
      stats = new PaneStats();
      recent.put(meter, stats);
    }
    stats.add(timeMillis, value);
  }

  /** Start of the first open span, {@link Long#MAX_VALUE} when there is none. */
  public long firstStart() {
    return open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
  }

  /** Hands out and forgets the spans that end at or before the watermark, in order. */
  public <E extends Exception> void close(long watermark, Output<E> out) throws E {
    while (!open.isEmpty() && open.firstKey() + paneMillis <= watermark) {
      Map.Entry<Long, Map<String, PaneStats>> first = open.pollFirstEntry();
      recent = null;
      out.pane(first.getKey(), first.getValue());
    }
  }
}
