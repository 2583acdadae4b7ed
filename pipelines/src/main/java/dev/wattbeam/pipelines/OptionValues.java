package dev.wattbeam.pipelines;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * Reads the texts of options. What is wrong becomes a line of {@code errors}, and the value is then
 * any that later checks can go on with.
 */
public final class OptionValues {
  /** More could not be counted back from any time that readings have. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private OptionValues() {}

  public static Duration duration(String name, String text, List<String> errors) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
      errors.add("--" + name + "=" + text + ": not between PT0S and P36500D");
    } catch (DateTimeParseException e) {
      errors.add(
          "--" + name + "=" + text + ": not an ISO 8601 duration such as PT10S, PT15M or P1D");
    }
    return Duration.ofDays(1);
  }

  public static Instant instant(String name, String text, List<String> errors) {
    try {
      return Instant.ofEpochMilli(Instant.parse(text).toEpochMilli());
    } catch (DateTimeParseException | ArithmeticException e) {
      errors.add("--" + name + "=" + text + ": not a moment such as 2000-01-01T00:00:00Z");
      return Instant.EPOCH;
    }
  }

  public static LocalDate day(String name, String text, List<String> errors) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      errors.add("--" + name + "=" + text + ": not a day such as 2026-11-22");
      return LocalDate.EPOCH;
    }
  }

  /** A whole number from 1 to a highest one. */
  public static void positive(String name, int value, int highest, List<String> errors) {
    if (value < 1 || value > highest) {
      errors.add("--" + name + "=" + value + ": between 1 and " + highest);
    }
  }
}
