package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.LocalTime;

/**
 * What all meters of one kind have in common: their physical limits and the thresholds of the
 * validation rules.
 *
 * @param name unique name
 * @param maxPower rating in nano-kW: no reading may say more; 0 when unknown
 * @param nominalPeriodMillis usual distance of two readings: the span of a reading that does not
 *     state one, at most 25 h; 0 when unknown (then a reading stands for the time since the one
 *     before)
 * @param registerModulus value in nano-kWh at which a register starts again from zero, such as 100
 *     000 kWh for five digits; 0 when unknown
 * @param resetFrom local time from which on a register is expected to start again from zero, such
 *     as a daily counter at midnight; null when a reset is never expected and has to be confirmed
 * @param resetTo local time until which (inclusive); null with {@code resetFrom}
 * @param reversible whether values below zero are normal (net metering)
 * @param rules thresholds of the rules that look at a whole day
 */
public record MeterType(
    String name,
    long maxPower,
    long nominalPeriodMillis,
    long registerModulus,
    LocalTime resetFrom,
    LocalTime resetTo,
    boolean reversible,
    DayRules rules) {
  /** No reading stands for more. */
  private static final long LONGEST_PERIOD_MILLIS = Duration.ofHours(25).toMillis();

  public MeterType {
    requireNonNull(name, "name");
    requireNonNull(rules, "rules");
    if ((resetFrom == null) != (resetTo == null)) {
      throw new IllegalArgumentException(
          "meter type " + name + ": a reset window needs both its start and its end");
    }
    if (nominalPeriodMillis < 0 || nominalPeriodMillis > LONGEST_PERIOD_MILLIS) {
      throw new IllegalArgumentException(
          "meter type "
              + name
              + ": nominal period of "
              + nominalPeriodMillis
              + " ms, but it has to be between 0 (unknown) and "
              + LONGEST_PERIOD_MILLIS
              + " (25 h); leave it unknown for readings that are farther apart");
    }
  }

  /** A type of which nothing is known: no rating, no period, no modulus, no expected reset. */
  public static MeterType generic(String name) {
    return new MeterType(name, 0, 0, 0, null, null, false, DayRules.DEFAULT);
  }

  public MeterType withMaxPower(long maxPower) {
    return new MeterType(
        name,
        maxPower,
        nominalPeriodMillis,
        registerModulus,
        resetFrom,
        resetTo,
        reversible,
        rules);
  }

  public MeterType withNominalPeriod(long millis) {
    return new MeterType(
        name, maxPower, millis, registerModulus, resetFrom, resetTo, reversible, rules);
  }

  public MeterType withRegisterModulus(long kwhNanos) {
    return new MeterType(
        name, maxPower, nominalPeriodMillis, kwhNanos, resetFrom, resetTo, reversible, rules);
  }

  public MeterType withResetWindow(LocalTime from, LocalTime to) {
    return new MeterType(
        name, maxPower, nominalPeriodMillis, registerModulus, from, to, reversible, rules);
  }

  public MeterType withReversible(boolean reversible) {
    return new MeterType(
        name,
        maxPower,
        nominalPeriodMillis,
        registerModulus,
        resetFrom,
        resetTo,
        reversible,
        rules);
  }

  public MeterType withRules(DayRules rules) {
    return new MeterType(
        name,
        maxPower,
        nominalPeriodMillis,
        registerModulus,
        resetFrom,
        resetTo,
        reversible,
        rules);
  }
}
