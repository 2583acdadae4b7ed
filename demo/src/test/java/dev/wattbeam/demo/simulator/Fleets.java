package dev.wattbeam.demo.simulator;

import dev.wattbeam.demo.simulator.SimulatorConfig.Mix;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/** Fleets that tests judge, and how their rows are compared. */
final class Fleets {
  private static final int MOST_DIFFERENCES = 5;

  private Fleets() {}

  /** Three days of a few meters with many defects of each kind. */
  static SimulatorConfig bad(long seed, ZoneId zone, Instant start) {
    DefectShares defects =
        new DefectShares(
            0.04, 0.02, 0.04, 0.04, 0.02, 0.005, 0.004, 0.4, 0.008, 0.002, 0.004, 0.004, 0.004,
            0.004, 0.004);
    return SimulatorConfig.of(20, seed, start)
        .withZone(zone)
        .withEnd(start.plus(Duration.ofHours(72)))
        .withMix(new Mix(0.3, 0.3, 0.4, 0, 300))
        .withLateness(Duration.ofHours(24), Duration.ofHours(20))
        .withDefects(defects);
  }

  /** The first rows that are absent, not wanted, or not the same, in words. */
  static <T> List<String> differences(
      SortedMap<RowKey, T> wanted, SortedMap<RowKey, T> rows, BiPredicate<T, T> same) {
    TreeSet<RowKey> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(rows.keySet());
    return keys.stream()
        .filter(
            key ->
                wanted.get(key) == null
                    || rows.get(key) == null
                    || !same.test(wanted.get(key), rows.get(key)))
        .limit(MOST_DIFFERENCES)
        .map(
            key ->
                key
                    + " at "
                    + Instant.ofEpochMilli(key.startMillis())
                    + "\n  wanted "
                    + wanted.get(key)
                    + "\n  is     "
                    + rows.get(key))
        .toList();
  }
}
