package dev.wattbeam.transforms.consumption;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The intervals that a dirty range may change, and all readings that decide about them: those in
 * these intervals, and as many on both sides as can matter.
 */
final class Neighbourhood {
  /** Neighbours farther apart than this, in UTC days, have nothing to do with each other. */
  static final int MOST_DAYS_APART = 60;

  /** Neighbours of the neighbours: UTC days to look through on each side of a range. */
  private static final int FARTHEST = 2 * MOST_DAYS_APART;

  private final IntFunction<MeterDay> days;
  private final ChannelExtent extent;
  private final int reach;
  private final ArrayDeque<ReadingSet> sets = new ArrayDeque<>();
  private final int rangeFirstDay;
  private final int rangeLastDay;
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
    rangeFirstDay = Intervals.closingDay(range.firstMillis());
    rangeLastDay = Intervals.closingDay(range.lastMillis());
    firstDay = rangeFirstDay;
    lastDay = rangeLastDay;
    for (int day = firstDay; day <= lastDay; day++) {
      sets.addAll(days.apply(day).leaves());
    }
    long from = Math.min(range.startMillis(), extendBackward(range.firstMillis()));
    long to = extendForward(range.lastMillis());
    firstInterval = Math.min(Intervals.closing(from), Intervals.containing(from));
    lastInterval = Intervals.closing(to);
    trimBackward(extendBackward(Intervals.start(firstInterval) + 1));
    trimForward(extendForward(Intervals.start(lastInterval + 1)));
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
   * Makes sure that {@code reach} readings before a time are there.
   *
   * @return time of the earliest of them; where there are fewer, the start of the longest span that
   *     the earliest can have
   */
  private long extendBackward(long time) {
    int seen = 0;
    long earliest = time;
    Iterator<ReadingSet> known = sets.descendingIterator();
    while (seen < reach) {
      if (!known.hasNext()) {
        if (firstDay <= extent.firstDay() || firstDay <= rangeFirstDay - FARTHEST) {
          break;
        }
        prepend(days.apply(--firstDay).leaves());
        known = sets.descendingIterator();
        seen = 0;
        continue;
      }
      ReadingSet set = known.next();
      for (int i = set.firstAfter(time - 1) - 1; i >= 0 && seen < reach; i--) {
        if (set.preferred(i)) {
          seen++;
          earliest = set.time(i);
        }
      }
    }
    return seen < reach ? earliest - Spans.LOOK_BACK_MILLIS : earliest;
  }

  /**
   * Makes sure that {@code reach} readings after a time are there.
   *
   * @return time of the latest of them, or the given time when there is none
   */
  private long extendForward(long time) {
    int seen = 0;
    long latest = time;
    Iterator<ReadingSet> known = sets.iterator();
    while (seen < reach) {
      if (!known.hasNext()) {
        if (lastDay >= extent.lastDay() || lastDay >= rangeLastDay + FARTHEST) {
          break;
        }
        sets.addAll(days.apply(++lastDay).leaves());
        known = sets.iterator();
        seen = 0;
        continue;
      }
      ReadingSet set = known.next();
      for (int i = set.firstAfter(time); i < set.size() && seen < reach; i++) {
        if (set.preferred(i)) {
          seen++;
          latest = set.time(i);
        }
      }
    }
    return latest;
  }

  private void prepend(List<ReadingSet> leaves) {
    for (int i = leaves.size() - 1; i >= 0; i--) {
      sets.addFirst(leaves.get(i));
    }
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
