package dev.wattbeam.oracle;

import dev.wattbeam.model.Level;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** An interval, or an hour, day or month of a local clock: [start, end) in epoch milliseconds. */
record Period(Level level, long start, long end) {
  static Period of(Level level, long moment, ZoneId zone) {
    return switch (level) {
      case INTERVAL -> new Period(level, moment, moment + Exact.QUARTER);
      case HOUR -> hour(moment, zone);
      case DAY -> {
        LocalDate day = dateOf(moment, zone);
        yield new Period(level, startOf(day, zone), startOf(day.plusDays(1), zone));
      }
      case MONTH -> {
        LocalDate first = dateOf(moment, zone).withDayOfMonth(1);
        yield new Period(level, startOf(first, zone), startOf(first.plusMonths(1), zone));
      }
    };
  }

  /** The hour that comes twice when clocks go back is two hours. */
  private static Period hour(long moment, ZoneId zone) {
    long start = startOfHour(moment, zone);
    long end = moment + Exact.QUARTER;
    while (startOfHour(end, zone) == start) {
      end += Exact.QUARTER;
    }
    return new Period(Level.HOUR, start, end);
  }

  private static long startOfHour(long moment, ZoneId zone) {
    return Instant.ofEpochMilli(moment)
        .atZone(zone)
        .truncatedTo(ChronoUnit.HOURS)
        .toInstant()
        .toEpochMilli();
  }

  private static LocalDate dateOf(long moment, ZoneId zone) {
    return Instant.ofEpochMilli(moment).atZone(zone).toLocalDate();
  }

  private static long startOf(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
