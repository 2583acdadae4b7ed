package dev.wattbeam.io.files;

import dev.wattbeam.model.Quality;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjuster;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransitionRule;
import java.time.zone.ZoneRules;
import java.util.List;

/** What the numbers of ESPI (NAESB REQ.21) stand for. */
final class EspiCodes {
  /**
   * Zones to try, the best known of each kind first. A file gives rules, but days and months need a
   * zone with a name, which also knows the rules of other years.
   */
  private static final List<String> ZONES =
      List.of(
          "America/New_York",
          "America/Chicago",
          "America/Denver",
          "America/Los_Angeles",
          "America/Anchorage",
          "America/Halifax",
          "America/St_Johns",
          "America/Adak",
          "Europe/London",
          "Europe/Paris",
          "Europe/Athens",
          "Australia/Sydney",
          "Australia/Adelaide",
          "Pacific/Auckland");

  private EspiCodes() {}

  /** The quality of this code (QualityOfReading), or null when there is none. */
  static Quality quality(String code) {
    return switch (code) {
      case "0" -> Quality.VALID;
      case "7" -> Quality.MANUALLY_EDITED;
      case "8" -> Quality.ESTIMATED_REFERENCE_DAY;
      case "9" -> Quality.ESTIMATED_LINEAR;
      case "11", "15" -> Quality.DERIVED; // 15: normalised for the weather
      case "12" -> Quality.PROJECTED;
      case "10", "13", "16" -> Quality.QUESTIONABLE; // 13: mixed, 16: other
      case "14" -> Quality.RAW;
      case "17" -> Quality.VALIDATED;
      case "18", "19" -> Quality.VERIFIED; // 19: good enough for the bill
      default -> null;
    };
  }

  /**
   * The zone that LocalTimeParameters describe: one with this offset and these rules, else the
   * offset alone.
   *
   * @param offsetSeconds offset of standard time
   * @param savingSeconds what summer time adds
   * @param start rule of its start, 32 bits as hexadecimal text
   * @param end rule of its end
   * @throws IllegalArgumentException saying which value cannot be read
   */
  static ZoneId zone(int offsetSeconds, int savingSeconds, String start, String end) {
    ZoneOffset offset;
    try {
      offset = ZoneOffset.ofTotalSeconds(offsetSeconds);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("tzOffset " + offsetSeconds + " is no offset in seconds");
    }
    ClockChange starts = ClockChange.parse("dstStartRule", start);
    ClockChange ends = ClockChange.parse("dstEndRule", end);
    if (savingSeconds == 0 || starts == null || ends == null) {
      return offset;
    }
    for (String name : ZONES) {
      ZoneId zone = ZoneId.of(name);
      if (hasChanges(zone.getRules(), offset, savingSeconds, starts, ends)) {
        return zone;
      }
    }
    return offset;
  }

  private static boolean hasChanges(
      ZoneRules rules, ZoneOffset offset, int savingSeconds, ClockChange starts, ClockChange ends) {
    boolean startFound = false;
    boolean endFound = false;
    for (ZoneOffsetTransitionRule rule : rules.getTransitionRules()) {
      if (!rule.getStandardOffset().equals(offset)) {
        return false;
      }
      int after = rule.getOffsetAfter().getTotalSeconds() - offset.getTotalSeconds();
      startFound |= after == savingSeconds && starts.is(rule);
      endFound |= after == 0 && ends.is(rule);
    }
    return startFound && endFound;
  }

  /**
   * The day of a change of clocks, such as the last Sunday of March; the time of day is left out,
   * since files write it in local, in standard and in universal time.
   *
   * @param dayOfMonth from where the day is looked for
   * @param day the day as seen from there
   */
  private record ClockChange(int month, int dayOfMonth, TemporalAdjuster day) {
    /** Null for an empty rule and for one that names no day of the week. */
    static ClockChange parse(String field, String hex) {
      if (hex.isEmpty()) {
        return null;
      }
      int bits;
      try {
        bits = Integer.parseUnsignedInt(hex, 16);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(field + " \"" + hex + "\" is no hexadecimal number");
      }
      int month = bits >>> 28;
      int operator = bits >>> 25 & 0x7;
      int dayOfMonth = bits >>> 20 & 0x1f;
      int dayOfWeek = bits >>> 17 & 0x7;
      if (month < 1 || month > 12 || dayOfWeek == 0 || operator == 0) {
        return null;
      }
      DayOfWeek day = DayOfWeek.of(dayOfWeek);
      return switch (operator) {
        case 1 ->
            new ClockChange(
                month, Math.min(Math.max(dayOfMonth, 1), 28), TemporalAdjusters.nextOrSame(day));
        case 7 -> new ClockChange(month, 1, TemporalAdjusters.lastInMonth(day));
        default -> new ClockChange(month, 1, TemporalAdjusters.dayOfWeekInMonth(operator - 1, day));
      };
    }

    /** Whether the rule is the same in all the ways in which a year can begin. */
    boolean is(ZoneOffsetTransitionRule rule) {
      for (int year = 2010; year < 2010 + 28; year++) {
        LocalDate change = rule.createTransition(year).getDateTimeBefore().toLocalDate();
        if (!change.equals(LocalDate.of(year, month, dayOfMonth).with(day))) {
          return false;
        }
      }
      return true;
    }
  }
}
