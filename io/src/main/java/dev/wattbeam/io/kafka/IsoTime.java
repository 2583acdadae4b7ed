package dev.wattbeam.io.kafka;

import java.time.LocalDate;

/**
 * Parser of {@code 2024-03-01T00:00:05.123Z}: ISO 8601 extended format with a four-digit year.
 * Seconds and a fraction of up to nine digits are optional, the offset is {@code Z}, {@code
 * +hh:mm}, {@code -hh:mm} or absent. What is below a millisecond is cut off. Leap seconds do not
 * exist.
 *
 * <p>Not thread-safe: it remembers the last date.
 */
final class IsoTime {
  /** The text is no time. */
  static final long INVALID = Long.MIN_VALUE;

  private static final int MINUTES_PER_18_HOURS = 18 * 60;
  private static final byte[] DAYS = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private boolean local;
  private int lastDate = -1;
  private long lastDayMillis;

  /** Whether the text parsed last had no offset. */
  boolean local() {
    return local;
  }

  /**
   * Epoch milliseconds, of the local time as if it were UTC where there is no offset; or {@link
   * #INVALID}.
   */
  long parse(byte[] b, int from, int to) {
    if (to - from < 16
        || b[from + 4] != '-'
        || b[from + 7] != '-'
        || b[from + 10] != 'T'
        || b[from + 13] != ':') {
      return INVALID;
    }
    int century = two(b, from);
    int year = two(b, from + 2);
    int month = two(b, from + 5);
    int day = two(b, from + 8);
    int hour = two(b, from + 11);
    int minute = two(b, from + 14);
    if ((century | year | month | day | hour | minute) < 0 || hour > 23 || minute > 59) {
      return INVALID;
    }
    int second = 0;
    int millis = 0;
    int p = from + 16;
    if (p < to && b[p] == ':') {
      if (p + 3 > to) {
        return INVALID;
      }
      second = two(b, p + 1);
      if (second < 0 || second > 59) {
        return INVALID;
      }
      p += 3;
      if (p < to && b[p] == '.') {
        int start = ++p;
        int scale = 100;
        while (p < to && b[p] >= '0' && b[p] <= '9') {
          millis += (b[p] - '0') * scale;
          scale /= 10;
          p++;
        }
        if (p == start || p - start > 9) {
          return INVALID;
        }
      }
    }
    int offsetMinutes = 0;
    local = p == to;
    if (!local) {
      if (b[p] == 'Z') {
        if (p + 1 != to) {
          return INVALID;
        }
      } else {
        if ((b[p] != '+' && b[p] != '-') || p + 6 != to || b[p + 3] != ':') {
          return INVALID;
        }
        int hours = two(b, p + 1);
        int minutes = two(b, p + 4);
        offsetMinutes = hours * 60 + minutes;
        if ((hours | minutes) < 0 || minutes > 59 || offsetMinutes > MINUTES_PER_18_HOURS) {
          return INVALID;
        }
        if (b[p] == '-') {
          offsetMinutes = -offsetMinutes;
        }
      }
    }
    int date = ((century * 100 + year) * 100 + month) * 100 + day;
    if (date != lastDate) {
      if (!valid(century * 100 + year, month, day)) {
        return INVALID;
      }
      lastDayMillis = LocalDate.of(century * 100 + year, month, day).toEpochDay() * 86_400_000L;
      lastDate = date;
    }
    return lastDayMillis + ((hour * 60L + minute - offsetMinutes) * 60 + second) * 1_000 + millis;
  }

  private static boolean valid(int year, int month, int day) {
    if (month < 1 || month > 12 || day < 1) {
      return false;
    }
    boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= (month == 2 && leap ? 29 : DAYS[month]);
  }

  /** Two digits, or a negative number. */
  private static int two(byte[] b, int at) {
    int tens = b[at] - '0';
    int ones = b[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }
}
