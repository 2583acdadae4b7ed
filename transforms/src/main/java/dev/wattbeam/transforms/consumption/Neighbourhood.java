package dev.wattbeam.transforms.consumption;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The intervals that a dirty range may change, and all readings that decide about them: those in
 * these intervals, and as many on both sides as can matter.
 *
 * <p>An interval looks at a number of readings on each side, in whole seconds, and not farther than
 * {@link #REACH_MILLIS}: so that far is it from a reading to the intervals that it can change.
 */
final class Neighbourhood {
  /**
   * Readings farther from an interval than this never matter to it. The farthest that does: 25 h to
   * the end of a register's step, and twice 25 h to the two readings that confirm it.
   */
  static final long REACH_MILLIS = Duration.ofDays(4).toMillis();

  private final IntFunction<MeterDay> days;
  private final ChannelExtent extent;
  private final int reach;
  private final ArrayDeque<ReadingSet> sets = new ArrayDeque<>();
  private int firstDay;
  private int lastDay;
  private final long firstInterval;
  private final long lastInterval;

  /**
   * Looks around a dirty range.
   *
   * @param days the days of the range's channel, never null
   * @param reach how many readings away a reading can matter
   */
  Neighbourhood(DirtyRange range, ChannelExtent extent, int reach, IntFunction<MeterDay> days) {
    this.days = days;
    this.extent = extent;
    this.reach = reach;
    firstDay = Intervals.closingDay(range.firstMillis());
    lastDay = Intervals.closingDay(range.lastMillis());
    for (int day = firstDay; day <= lastDay; day++) {
      sets.addAll(days.apply(day).leaves());
    }
    // Readings of one second count together: neighbours begin outside of it.
    long from = extendBackward(secondDown(range.firstMillis() - 1));
    long to = extendForward(secondUp(range.lastMillis() + 1));
    from = Math.min(range.startMillis(), from);
    firstInterval = Math.min(Intervals.closing(from), Intervals.containing(from));
    lastInterval = Intervals.closing(Math.max(to, range.lastMillis()));
    trimBackward(secondDown(extendBackward(Intervals.start(firstInterval))));
    trimForward(secondUp(extendForward(Intervals.start(lastInterval + 1) + 1)));
  }

  private static long secondDown(long millis) {
    return Math.floorDiv(millis, 1000) * 1000;
  }

  private static long secondUp(long millis) {
    return -secondDown(-millis);
  }

  long firstInterval() {
    return firstInterval;
  }

  /** How many intervals. */
  int count() {
    return (int) (lastInterval - firstInterval) + 1;
  }

  Readings readings(long nominalPeriodMillis) {
    return Readings.of(List.copyOf(sets), nominalPeriodMillis);
  }

  /**
   * Makes sure that {@code reach} readings up to a time are there, and all of the second of the
   * earliest.
   *
   * @return time of the earliest of them; where there are fewer, how far back rows can be
   */
  private long extendBackward(long time) {
    // The first reading may stand for time before its day.
    long firstRow = Intervals.dayEnd(extent.firstDay() - 1) - Spans.LOOK_BACK_MILLIS;
    long farthest = Math.max(time - REACH_MILLIS, firstRow);
    int seen = 0;
    long earliest = farthest;
    Iterator<ReadingSet> known = sets.descendingIterator();
    while (seen < reach) {
      if (!known.hasNext()) {
        if (!prependDay(farthest)) {
          return farthest;
        }
        known = sets.descendingIterator();
        seen = 0;
        continue;
      }
      ReadingSet set = known.next();
      for (int i = set.firstAfter(time) - 1; i >= 0 && seen < reach; i--) {
        if (set.preferred(i)) {
          seen++;
          earliest = set.time(i);
        }
      }
    }
    earliest = Math.max(earliest, farthest);
    prependDay(secondDown(earliest));
    return earliest;
  }

  /** Loads one more day, unless the days up to a time are there; whether it did. */
  private boolean prependDay(long upTo) {
    if (firstDay <= Math.max(extent.firstDay(), Intervals.closingDay(upTo))) {
      return false;
    }
    List<ReadingSet> leaves = days.apply(--firstDay).leaves();
    for (int i = leaves.size() - 1; i >= 0; i--) {
      sets.addFirst(leaves.get(i));
    }
    return true;
  }

  /**
   * Makes sure that {@code reach} readings from a time on are there.
   *
   * @return time of the latest of them; where there are fewer, how far rows can be
   */
  private long extendForward(long time) {
    long farthest = Math.min(time + REACH_MILLIS, extent.newestMillis());
    int seen = 0;
    long latest = farthest;
    Iterator<ReadingSet> known = sets.iterator();
    while (seen < reach) {
      if (!known.hasNext()) {
        if (lastDay >= Math.min(extent.lastDay(), Intervals.closingDay(farthest))) {
          return farthest;
        }
        sets.addAll(days.apply(++lastDay).leaves());
        known = sets.iterator();
        seen = 0;
        continue;
      }
      ReadingSet set = known.next();
      for (int i = set.firstAfter(time - 1); i < set.size() && seen < reach; i++) {
        if (set.preferred(i)) {
          seen++;
          latest = set.time(i);
        }
      }
    }
    return Math.min(latest, farthest);
  }

  private void trimBackward(long needed) {
    while (sets.size() > 1 && sets.peekFirst().lastTime() < needed) {
      sets.removeFirst();
    }
  }

  private void trimForward(long needed) {
    while (sets.size() > 1 && sets.peekLast().firstTime() > needed) {
      sets.removeLast();
    }
  }
}
