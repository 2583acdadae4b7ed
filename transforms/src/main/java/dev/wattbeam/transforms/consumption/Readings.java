package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import java.util.List;

/**
 * A stretch of one channel's readings in the order of time, preferred ones only, flat for the
 * arithmetic. Also knows how many readings, preferred or not, each time has, and how long they are.
 */
final class Readings {
  final int size;
  final long[] time;
  final long[] value;
  final long[] duration;
  final Quality[] quality;

  /** The longest duration, stated or nominal, of the different readings of this time. */
  final long[] longest;

  /** Different readings of this time, 1 when there is no conflict. */
  final int[] versions;

  /** Of the last reading: what a store compares when it keeps the latest value. */
  final long lastSequence;

  private Readings(int capacity, List<ReadingSet> sets, long nominalPeriodMillis) {
    time = new long[capacity];
    value = new long[capacity];
    duration = new long[capacity];
    quality = new Quality[capacity];
    longest = new long[capacity];
    versions = new int[capacity];
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
          versions[n] = 1;
          sequence = set.sequence(i);
          n++;
        } else {
          versions[n - 1]++;
          longest[n - 1] = Math.max(longest[n - 1], length);
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
