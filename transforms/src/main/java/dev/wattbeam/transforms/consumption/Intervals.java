package dev.wattbeam.transforms.consumption;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Arithmetic of 15-minute intervals and of the days (UTC) that the state is cut into. */
final class Intervals {
  /** Length of an interval in milliseconds. */
  static final long MILLIS = 15 * 60_000L;

  /** Length of an hour in milliseconds. */
  static final long HOUR_MILLIS = 4 * MILLIS;

  /** Intervals of a day in UTC. */
  static final int PER_DAY = 96;

  /** Length of a day in UTC in milliseconds. */
  static final long DAY_MILLIS = PER_DAY * MILLIS;

  private Intervals() {}

  /** Number of the interval, since the epoch, in which a time closes. */
  static long closing(long timeMillis) {
    return Math.floorDiv(timeMillis - 1, MILLIS);
  }

  /** Number of the interval that starts at or contains a moment. */
  static long containing(long millis) {
    return Math.floorDiv(millis, MILLIS);
  }

  static long start(long interval) {
    return interval * MILLIS;
  }

  /** UTC day of an interval. */
  static int day(long interval) {
    return (int) Math.floorDiv(interval, (long) PER_DAY);
  }

  /** Place of an interval in its UTC day. */
  static int slot(long interval) {
    return (int) Math.floorMod(interval, (long) PER_DAY);
  }

  /** UTC day in which a time closes. */
  static int closingDay(long timeMillis) {
    return day(closing(timeMillis));
  }

  /** Last moment that closes in a UTC day. */
  static long dayEnd(int day) {
    return (day + 1) * DAY_MILLIS;
  }

  /** Start of the local clock's hour that contains an interval, epoch milliseconds. */
  static long hourStart(long interval, ZoneId zone) {
    long start = start(interval);
    long offset = zone.getRules().getOffset(Instant.ofEpochMilli(start)).getTotalSeconds() * 1000L;
    return start - Math.floorMod(start + offset, HOUR_MILLIS);
  }

  /** Local date of an interval. */
  static LocalDate localDate(long interval, ZoneId zone) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(start(interval)), zone);
  }

  /** First interval of a local date. */
  static long firstOf(LocalDate date, ZoneId zone) {
    return containing(date.atStartOfDay(zone).toInstant().toEpochMilli());
  }
}
