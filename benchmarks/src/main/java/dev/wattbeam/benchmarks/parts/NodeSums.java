package dev.wattbeam.benchmarks.parts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last readings of some meters in one minute, summed over the nodes of four levels: node of
 * level k = index of the meter / 10^k.
 */
public final class NodeSums {
  /** Levels above the meters. */
  public static final int LEVELS = 4;

  private static final int CHILDREN = 10;

  /** Gets the sums. */
  @FunctionalInterface
  public interface Output<E extends Exception> {
    void node(int level, int node, int meters, long sum) throws E;
  }

  private static final class Sum {
    private int meters;
    private long value;

    private void add(int moreMeters, long moreValue) {
      meters += moreMeters;
      value += moreValue;
    }
  }

  /** Level 1 first. */
  private final List<Map<Integer, Sum>> levels = new ArrayList<>(LEVELS);

  /** Without meters. */
  public NodeSums() {
    for (int level = 1; level <= LEVELS; level++) {
      levels.add(new HashMap<>());
    }
  }

  /** The sums of a minute. */
  public static NodeSums of(Map<String, PaneStats> byMeter) {
    NodeSums sums = new NodeSums();
    byMeter.forEach((meter, stats) -> sums.add(1, index(meter) / CHILDREN, 1, stats.last()));
    for (int level = 1; level < LEVELS; level++) {
      int above = level + 1;
      sums.levels
          .get(level - 1)
          .forEach((node, sum) -> sums.add(above, node / CHILDREN, sum.meters, sum.value));
    }
    return sums;
  }

  /** Index of a meter: its name is a letter and the index. */
  private static int index(String meter) {
    return Integer.parseInt(meter, 1, meter.length(), 10);
  }

  /** Adds a part of the sum of one node. */
  public void add(int level, int node, int meters, long value) {
    levels.get(level - 1).computeIfAbsent(node, key -> new Sum()).add(meters, value);
  }

  /** Hands out all sums. */
  public <E extends Exception> void forEach(Output<E> out) throws E {
    for (int level = 1; level <= LEVELS; level++) {
      for (Map.Entry<Integer, Sum> node : levels.get(level - 1).entrySet()) {
        out.node(level, node.getKey(), node.getValue().meters, node.getValue().value);
      }
    }
  }
}
