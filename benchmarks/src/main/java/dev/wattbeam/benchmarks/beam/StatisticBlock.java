package dev.wattbeam.benchmarks.beam;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Statistics of many meters, packed: one element of a shuffle. */
final class StatisticBlock {
  private static final Comparator<Statistic> BY_PERIOD =
      Comparator.comparingLong(statistic -> statistic.period);

  private StatisticBlock() {}

  /** Where a meter is in the block that is being written. */
  static final class Slot {
    private final String meter;
    private Writer block;
    private int number;

    Slot(String meter) {
      this.meter = meter;
    }
  }

  /** Packs statistics in any order. Not thread-safe. */
  static final class Writer {
    private final Packed.Writer out = new Packed.Writer();
    private final long periodMillis;
    private int meters;
    private long period;

    Writer(long periodMillis) {
      this.periodMillis = periodMillis;
    }

    void add(Slot slot, Statistic s) {
      if (slot.block == this) {
        out.number(slot.number);
      } else {
        slot.block = this;
        slot.number = meters++;
        out.number(slot.number);
        out.text(slot.meter);
      }
      out.signed(s.period - period);
      period = s.period;
      out.number(s.n);
      out.signed(s.min);
      out.number(s.max - s.min);
      out.signed(s.sum);
      out.number(s.lastMillis - period * periodMillis);
      out.number(s.last - s.min);
    }

    int size() {
      return out.size();
    }

    byte[] toBytes() {
      return out.toBytes();
    }
  }

  /** Merges blocks: meters by name, and of each its periods in order, each once. */
  static SortedMap<String, List<Statistic>> merge(Iterable<byte[]> blocks, long periodMillis) {
    SortedMap<String, List<Statistic>> meters = new TreeMap<>();
    for (byte[] block : blocks) {
      read(block, periodMillis, meters);
    }
    meters.replaceAll((meter, statistics) -> mergePeriods(statistics));
    return meters;
  }

  private static void read(byte[] block, long periodMillis, SortedMap<String, List<Statistic>> to) {
    Packed.Reader in = new Packed.Reader(block);
    List<List<Statistic>> meters = new ArrayList<>();
    long period = 0;
    while (in.hasMore()) {
      int meter = (int) in.number();
      if (meter == meters.size()) {
        meters.add(to.computeIfAbsent(in.text(), name -> new ArrayList<>()));
      }
      Statistic s = new Statistic();
      period += in.signed();
      s.period = period;
      s.n = (int) in.number();
      s.min = in.signed();
      s.max = s.min + in.number();
      s.sum = in.signed();
      s.lastMillis = period * periodMillis + in.number();
      s.last = s.min + in.number();
      meters.get(meter).add(s);
    }
  }

  private static List<Statistic> mergePeriods(List<Statistic> statistics) {
    statistics.sort(BY_PERIOD);
    List<Statistic> merged = new ArrayList<>();
    Statistic current = null;
    for (Statistic s : statistics) {
      if (current != null && current.period == s.period) {
        current.merge(s);
      } else {
        merged.add(s);
        current = s;
      }
    }
    return merged;
  }
}
