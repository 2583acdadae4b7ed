package dev.wattbeam.io.files;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;

/**
 * Text of a time in a file to milliseconds. Patterns of digits alone, and ISO 8601, are read by
 * hand: a formatter would cost more than all the rest of a row. 24:00 is the end of the day. Not
 * thread-safe.
 */
final class TimePattern {
  /** ISO 8601: date, {@code T} or a blank, time, optional fraction, optional offset. */
  static final String ISO = "iso";

  static final String EPOCH_SECONDS = "epoch-seconds";
  static final String EPOCH_MILLIS = "epoch-millis";

  private static final long DAY = 86_400_000L;

  private final String pattern;
  private final DateTimeFormatter formatter;
  private final char[] digits;

  private byte[] bytes;
  private int at;
  private int to;
  private boolean hasOffset;
  private long cachedDay = Long.MIN_VALUE;
  private int cachedYear;
  private int cachedMonth;
  private int cachedDayOfMonth;

  /**
   * @throws IllegalArgumentException when it is no pattern of {@link DateTimeFormatter}
   */
  TimePattern(String pattern) {
    this.pattern = pattern;
    boolean named =
        pattern.equals(ISO) || pattern.equals(EPOCH_SECONDS) || pattern.equals(EPOCH_MILLIS);
    this.digits = named ? null : onlyDigits(pattern);
    this.formatter = named ? null : formatter(pattern);
  }

  private static DateTimeFormatter formatter(String pattern) {
    DateTimeFormatterBuilder builder =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(yearsAsProleptic(pattern));
    if (!hasLetter(pattern, "yu") || !hasLetter(pattern, "MLD")) {
      throw new IllegalArgumentException(
          "time pattern \"" + pattern + "\" needs at least a year, a month and a day");
    }
    // A default beside "h" and "a" would contradict them.
    if (!hasLetter(pattern, "HhKk")) {
      builder.parseDefaulting(ChronoField.HOUR_OF_DAY, 0);
    }
    if (!hasLetter(pattern, "m")) {
      builder.parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0);
    }
    return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
  }

  /** Whether one of the letters stands in the pattern outside of quotes. */
  private static boolean hasLetter(String pattern, String letters) {
    boolean quoted = false;
    for (char c : pattern.toCharArray()) {
      if (c == '\'') {
        quoted = !quoted;
      } else if (!quoted && letters.indexOf(c) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether a time read by this pattern can be a moment, without a zone from elsewhere. */
  boolean mayHaveOffset() {
    return formatter == null || hasLetter(pattern, "XxZOVz");
  }

  /** The pattern's own year letter y wants an era under strict rules; u does not. */
  private static String yearsAsProleptic(String pattern) {
    StringBuilder out = new StringBuilder();
    boolean quoted = false;
    for (char c : pattern.toCharArray()) {
      if (c == '\'') {
        quoted = !quoted;
      }
      out.append(!quoted && c == 'y' ? 'u' : c);
    }
    return out.toString();
  }

  /**
   * The pattern when each of its letters stands for digits that can be read one by one, or null.
   */
  private static char[] onlyDigits(String pattern) {
    char[] chars = pattern.toCharArray();
    for (int i = 0; i < chars.length; ) {
      char c = chars[i];
      int run = 1;
      while (i + run < chars.length && chars[i + run] == c) {
        run++;
      }
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean known =
          switch (c) {
            case 'y', 'u' -> run == 4;
            case 'M', 'd', 'H', 'm', 's' -> run <= 2;
            default -> !letter && c != '\'' && c != '[' && c != ']' && c < 128;
          };
      if (!known) {
        return null;
      }
      // "yyyyMd" cannot be told apart digit by digit.
      boolean letterNext =
          letter && i + run < chars.length && Character.isLetter(chars[i + run]) && run == 1;
      if (letterNext) {
        return null;
      }
      i += run;
    }
    return chars;
  }

  /**
   * Reads a time.
   *
   * @return epoch milliseconds when {@link #hasOffset} afterwards; else the local time as if it
   *     were UTC
   * @throws DateTimeException when the text does not match
   */
  long parse(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
    hasOffset = false;
    if (digits != null) {
      return parseDigits();
    }
    if (formatter != null) {
      return parseByFormatter(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
    return switch (pattern) {
      case EPOCH_SECONDS -> Math.multiplyExact(epoch(), 1000L);
      case EPOCH_MILLIS -> epoch();
      default -> parseIso();
    };
  }

  /** Whether the last text said its offset, so that it is a moment. */
  boolean hasOffset() {
    return hasOffset;
  }

  private long epoch() {
    boolean negative = at < to && bytes[at] == '-';
    if (negative) {
      at++;
    }
    if (to - at > 15) {
      throw mismatch();
    }
    long value = 0;
    int first = at;
    while (at < to && digit(bytes[at])) {
      value = value * 10 + bytes[at++] - '0';
    }
    if (at < to || at == first) {
      throw mismatch();
    }
    hasOffset = true;
    return negative ? -value : value;
  }

  private long parseDigits() {
    int year = 1970;
    int month = 1;
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    for (int i = 0; i < digits.length; ) {
      char c = digits[i];
      int run = 1;
      while (i + run < digits.length && digits[i + run] == c) {
        run++;
      }
      switch (c) {
        case 'y', 'u' -> year = number(4, 4);
        case 'M' -> month = number(run, 2);
        case 'd' -> day = number(run, 2);
        case 'H' -> hour = number(run, 2);
        case 'm' -> minute = number(run, 2);
        case 's' -> second = number(run, 2);
        default -> {
          for (int k = 0; k < run; k++) {
            literal(c);
          }
        }
      }
      i += run;
    }
    if (at != to) {
      throw mismatch();
    }
    return local(year, month, day, hour, minute, second, 0);
  }

  private long parseIso() {
    int year = number(4, 4);
    literal('-');
    int month = number(2, 2);
    literal('-');
    int day = number(2, 2);
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millis = 0;
    if (at < to) {
      if (bytes[at] != 'T' && bytes[at] != 't' && bytes[at] != ' ') {
        throw mismatch();
      }
      at++;
      hour = number(2, 2);
      literal(':');
      minute = number(2, 2);
      if (at < to && bytes[at] == ':') {
        at++;
        second = number(2, 2);
        if (at < to && (bytes[at] == '.' || bytes[at] == ',')) {
          at++;
          int first = at;
          int scale = 100;
          while (at < to && digit(bytes[at])) {
            millis += (bytes[at++] - '0') * scale;
            scale /= 10;
          }
          if (at == first) {
            throw mismatch();
          }
        }
      }
    }
    long local = local(year, month, day, hour, minute, second, millis);
    return at < to ? local - offset() : local;
  }

  private long offset() {
    hasOffset = true;
    while (at < to && bytes[at] == ' ') {
      at++;
    }
    if (at < to && (bytes[at] == 'Z' || bytes[at] == 'z') && at + 1 == to) {
      return 0;
    }
    if (at >= to || (bytes[at] != '+' && bytes[at] != '-')) {
      throw mismatch();
    }
    boolean west = bytes[at++] == '-';
    int hours = number(2, 2);
    int minutes = 0;
    if (at < to) {
      if (bytes[at] == ':') {
        at++;
      }
      minutes = number(2, 2);
    }
    if (at != to || hours > 18 || minutes > 59) {
      throw mismatch();
    }
    long millis = (hours * 60L + minutes) * 60_000L;
    return west ? -millis : millis;
  }

  private long local(int year, int month, int day, int hour, int minute, int second, int millis) {
    boolean endOfDay = hour == 24 && minute == 0 && second == 0 && millis == 0;
    if ((hour > 23 && !endOfDay) || minute > 59 || second > 59) {
      throw mismatch();
    }
    if (day != cachedDayOfMonth || month != cachedMonth || year != cachedYear) {
      cachedDay = LocalDate.of(year, month, day).toEpochDay();
      cachedYear = year;
      cachedMonth = month;
      cachedDayOfMonth = day;
    }
    return cachedDay * DAY + ((hour * 60L + minute) * 60L + second) * 1000L + millis;
  }

  private long parseByFormatter(String text) {
    TemporalAccessor parsed = formatter.parse(text);
    LocalDate date = parsed.query(TemporalQueries.localDate());
    LocalTime time = parsed.query(TemporalQueries.localTime());
    if (date == null || time == null) {
      throw mismatch();
    }
    LocalDateTime local = date.atTime(time);
    if (parsed.isSupported(ChronoField.OFFSET_SECONDS)) {
      hasOffset = true;
      int offset = parsed.get(ChronoField.OFFSET_SECONDS);
      return local.toInstant(ZoneOffset.ofTotalSeconds(offset)).toEpochMilli();
    }
    if (parsed.query(TemporalQueries.zone()) != null) {
      hasOffset = true;
      return local.atZone(parsed.query(TemporalQueries.zone())).toInstant().toEpochMilli();
    }
    return local.toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private int number(int least, int most) {
    int value = 0;
    int count = 0;
    while (count < most && at < to && digit(bytes[at])) {
      value = value * 10 + bytes[at++] - '0';
      count++;
    }
    if (count < least) {
      throw mismatch();
    }
    return value;
  }

  private void literal(char expected) {
    if (at >= to || bytes[at] != expected) {
      throw mismatch();
    }
    at++;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  private DateTimeException mismatch() {
    return new DateTimeException("does not match " + this);
  }

  @Override
  public String toString() {
    return pattern.equals(ISO) ? "ISO 8601 such as 2024-03-01T00:15:00" : pattern;
  }
}
