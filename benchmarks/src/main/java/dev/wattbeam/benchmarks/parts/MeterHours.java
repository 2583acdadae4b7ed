package dev.wattbeam.benchmarks.parts;

import java.util.TreeMap;

/**
 * Sums of one meter by UTC day and hour of day, from which windows of seven days are added up: each
 * reading is added once, not to each of the seven windows that it is in.
 */
public final class MeterHours {
  public static final long HOUR_MILLIS = 3_600_000L;
  public static final long DAY_MILLIS = 24 * HOUR_MILLIS;

  /** Days in a window. */
  public static final int WINDOW_DAYS = 7;

  private static final int HOURS = 24;

  /** Gets the hours of a window that have readings. */
  @FunctionalInterface
  public interface Output<E extends Exception> {
    void hour(long windowMillis, int hour, int n, long sum) throws E;
  }

  /** Sums of one day, by hour; an hour without readings has count 0. */
  public record Day(int[] counts, long[] sums) {
    /** Without readings. */
    public Day() {
      this(new int[HOURS], new long[HOURS]);
    }
  }

  private final TreeMap<Long, Day> days;

  /** Without readings. */
  public MeterHours() {
    this(new TreeMap<>());
  }

  /** With these days, by number since the epoch. */
  public MeterHours(TreeMap<Long, Day> days) {
    this.days = days;
  }

  public TreeMap<Long, Day> days() {
    return days;
  }

  /** Number of the day of an hour. */
  public static long day(long hourMillis) {
    return Math.floorDiv(hourMillis, DAY_MILLIS);
  }

  /**
   * Adds the sum of some readings of an hour.
   *
   * @return whether they are the first of their day
   */
  public boolean add(long hourMillis, int n, long sum) {
    long number = day(hourMillis);
    Day day = days.get(number);
    boolean first = day == null;
    if (first) {
      day = new Day();
      days.put(number, day);
    }
    int hour = (int) ((hourMillis - number * DAY_MILLIS) / HOUR_MILLIS);
    day.counts[hour] += n;
    day.sums[hour] += sum;
    return first;
  }

  /** Hands out the window that ends with a day, and forgets the first day of it. */
  public <E extends Exception> void closeWindow(long lastDay, Output<E> out) throws E {
    long firstDay = lastDay - WINDOW_DAYS + 1;
    int[] counts = new int[HOURS];
    long[] sums = new long[HOURS];
    for (Day day : days.subMap(firstDay, lastDay + 1).values()) {
      for (int hour = 0; hour < HOURS; hour++) {
        counts[hour] += day.counts[hour];
        sums[hour] += day.sums[hour];
      }
    }
    for (int hour = 0; hour < HOURS; hour++) {
      if (counts[hour] > 0) {
        out.hour(firstDay * DAY_MILLIS, hour, counts[hour], sums[hour]);
      }
    }
    days.remove(firstDay);
  }
}
