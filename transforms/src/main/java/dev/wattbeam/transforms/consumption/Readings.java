package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import java.util.List;

/**
 * A stretch of one channel's readings in the order of time, preferred ones only, flat for the
 * arithmetic. Also knows how many others stand behind them, and how long those are.
 */
final class Readings {
  final int size;
  final long[] time;
  final long[] value;
  final long[] duration;
  final Quality[] quality;

  /** The longest duration, stated or nominal, of the different readings of this time. */
  final long[] longest;

  /** Whether different readings of this time are known. */
  final boolean[] contested;

  /** How many readings and copies are known before this index. */
  private final int[] knownBefore;

  /** Of the last reading: what a store compares when it keeps the latest value. */
  final long lastSequence;

  private Readings(int capacity, List<ReadingSet> sets, long nominalPeriodMillis) {
    time = new long[capacity];
    value = new long[capacity];
    duration = new long[capacity];
    quality = new Quality[capacity];
    longest = new long[capacity];
    contested = new boolean[capacity];
    knownBefore = new int[capacity + 1];
    int n = 0;
    long sequence = Reading.NO_SEQUENCE;
    for (ReadingSet set : sets) {
      for (int i = 0; i < set.size(); i++) {
        long length = set.duration(i) > 0 ? set.duration(i) : nominalPeriodMillis;
        if (set.preferred(i)) {
          time[n] = set.time(i);
          value[n] = set.value(i);
          duration[n] = set.duration(i);
          quality[n] = set.quality(i);
          longest[n] = length;
          sequence = set.sequence(i);
          n++;
          knownBefore[n] = knownBefore[n - 1] + 1;
        } else {
          contested[n - 1] |= set.value(i) != value[n - 1] || set.duration(i) != duration[n - 1];
          longest[n - 1] = Math.max(longest[n - 1], length);
          knownBefore[n]++;
        }
      }
    }
    size = n;
    lastSequence = sequence;
  }

  /**
   * Readings of sets that follow each other in time.
   *
   * @param nominalPeriodMillis duration of readings that state none; 0 when there is no such
   */
  static Readings of(List<ReadingSet> sets, long nominalPeriodMillis) {
    int capacity = 0;
    for (ReadingSet set : sets) {
      capacity += set.size();
    }
    return new Readings(capacity, sets, nominalPeriodMillis);
  }

  /** How many readings and copies are known from one index up to another (exclusive). */
  int known(int from, int to) {
    return knownBefore[to] - knownBefore[from];
  }

  /** Index of the first reading later than a moment. */
  int firstAfter(long millis) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (time[middle] <= millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
