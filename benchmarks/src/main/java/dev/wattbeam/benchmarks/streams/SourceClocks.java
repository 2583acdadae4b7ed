package dev.wattbeam.benchmarks.streams;

import java.util.HashMap;
import java.util.Map;

/** How far the sources of a repartition topic are. */
final class SourceClocks {
  private final int sources;
  private final Map<Integer, Long> clocks = new HashMap<>();

  SourceClocks(int sources) {
    this.sources = sources;
  }

  /** A source has come here; returns where all of them are. */
  long advance(int source, long millis) {
    clocks.put(source, millis);
    return clocks.size() < sources
        ? Long.MIN_VALUE
        : clocks.values().stream().mapToLong(Long::longValue).min().getAsLong();
  }
}
