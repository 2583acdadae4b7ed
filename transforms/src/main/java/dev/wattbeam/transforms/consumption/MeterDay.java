package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.util.VarInt;

/**
 * State of one meter channel and UTC day: its readings, and the intervals as they were last handed
 * on. Immutable.
 *
 * @param leaves the readings, cut into sets that follow each other in time, so that adding to a
 *     long day copies a small part of it
 * @param results the intervals of the day
 */
record MeterDay(List<ReadingSet> leaves, Slots results) {
  private static final int LEAF_SIZE = 512;

  static final MeterDay EMPTY = new MeterDay(List.of(), Slots.empty(Intervals.PER_DAY));

  MeterDay {
    leaves = List.copyOf(leaves);
  }

  /** Number of different times of readings. */
  int times() {
    int times = 0;
    for (ReadingSet leaf : leaves) {
      for (int i = 0; i < leaf.size(); i++) {
        times += leaf.preferred(i) ? 1 : 0;
      }
    }
    return times;
  }

  MeterDay withResults(Slots results) {
    return new MeterDay(leaves, results);
  }

  /** This day with more readings of the same day. */
  MeterDay union(ReadingSet added, ReadingSet.Merge merge) {
    List<ReadingSet> all = new ArrayList<>(leaves.size() + 1);
    int from = 0;
    for (int i = 0; i < leaves.size(); i++) {
      ReadingSet leaf = leaves.get(i);
      boolean last = i == leaves.size() - 1;
      int to = last ? added.size() : added.firstAfter(leaves.get(i + 1).firstTime() - 1);
      ReadingSet part = added.slice(from, to);
      if (last
          && leaf.size() >= LEAF_SIZE
          && !part.isEmpty()
          && part.firstTime() > leaf.lastTime()) {
        // A full leaf stays as it is when readings come in the order of time.
        all.add(leaf);
        addInLeaves(ReadingSet.EMPTY.union(part, merge), all);
      } else {
        addInLeaves(leaf.union(part, merge), all);
      }
      from = to;
    }
    if (leaves.isEmpty()) {
      addInLeaves(ReadingSet.EMPTY.union(added, merge), all);
    }
    return new MeterDay(all, results);
  }

  private static void addInLeaves(ReadingSet set, List<ReadingSet> leaves) {
    int from = 0;
    while (set.size() - from > 2 * LEAF_SIZE) {
      int to = from + LEAF_SIZE;
      while (to < set.size() && !set.preferred(to)) {
        to++;
      }
      leaves.add(set.slice(from, to));
      from = to;
    }
    leaves.add(set.slice(from, set.size()));
  }

  /** Deterministic coder. */
  static final class MeterDayCoder extends DeterministicCoder<MeterDay> {
    @Override
    public void encode(MeterDay day, OutputStream out) throws IOException {
      VarInt.encode(day.leaves.size(), out);
      for (ReadingSet leaf : day.leaves) {
        ReadingSet.ReadingSetCoder.of().encode(leaf, out);
      }
      Slots.SlotsCoder.of().encode(day.results, out);
    }

    @Override
    public MeterDay decode(InputStream in) throws IOException {
      int size = VarInt.decodeInt(in);
      List<ReadingSet> leaves = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        leaves.add(ReadingSet.ReadingSetCoder.of().decode(in));
      }
      return new MeterDay(leaves, Slots.SlotsCoder.of().decode(in));
    }
  }
}
