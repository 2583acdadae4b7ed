package dev.wattbeam.demo.simulator;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A fleet and its weaknesses. Equal configurations give equal deliveries, byte by byte.
 *
 * @param seed of everything that is random
 * @param households number of household meters
 * @param shops number of shop meters
 * @param zone time zone of the meters and groups
 * @param start of the simulated period, a whole hour
 * @param end of it, a whole hour, or null for no end
 * @param mix which kinds of meters
 * @param solarShare share of households with a photovoltaic system, 0 to 1; they have an {@code
 *     export} channel, on which only what is not used at home arrives
 * @param allowedLateness what the pipeline is configured with
 * @param longestDelay of a delivery that is late but within the allowed lateness
 * @param defects shares of what goes wrong
 */
public record SimulatorConfig(
    long seed,
    int households,
    int shops,
    ZoneId zone,
    Instant start,
    Instant end,
    Mix mix,
    double solarShare,
    Duration allowedLateness,
    Duration longestDelay,
    DefectShares defects) {
  private static final int MOST_METERS = 10_000_000;

  /**
   * Kinds of meters by share; the shares are used in proportion to their sum.
   *
   * @param power meters that send power
   * @param interval meters that send interval energy, by turns each 15 and 30 minutes
   * @param register meters that send registers, by turns each 15 and 60 minutes
   * @param fastRegister meters that send registers as often as DSMR meters do, each 10 seconds
   * @param powerSeconds time between two power readings, seconds, a divisor of 900
   */
  public record Mix(
      double power, double interval, double register, double fastRegister, int powerSeconds) {
    /** Some of each, power each 10 seconds. */
    public static final Mix DEFAULT = new Mix(0.4, 0.3, 0.3, 0, 10);

    double sum() {
      return power + interval + register + fastRegister;
    }
  }

  /**
   * @throws IllegalArgumentException naming everything that is wrong
   */
  public SimulatorConfig {
    requireNonNull(zone, "zone");
    requireNonNull(start, "start");
    requireNonNull(mix, "mix");
    requireNonNull(allowedLateness, "allowedLateness");
    requireNonNull(longestDelay, "longestDelay");
    requireNonNull(defects, "defects");
    List<String> errors = new ArrayList<>();
    if (households < 0 || shops < 0 || households + (long) shops < 1) {
      errors.add(households + " households and " + shops + " shops; expected at least one meter");
    }
    if (households + (long) shops > MOST_METERS) {
      errors.add((households + (long) shops) + " meters; expected at most " + MOST_METERS);
    }
    checkHour("start", start, errors);
    if (end != null) {
      checkHour("end", end, errors);
      if (!end.isAfter(start)) {
        errors.add("end " + end + " is not after start " + start);
      }
    }
    checkMix(mix, errors);
    if (!(solarShare >= 0 && solarShare <= 1)) {
      errors.add("solarShare is " + solarShare + "; expected 0 to 1");
    }
    if (allowedLateness.compareTo(Duration.ofMinutes(1)) < 0) {
      errors.add("allowedLateness is " + allowedLateness + "; expected at least a minute");
    }
    if (longestDelay.isNegative()
        || longestDelay.isZero()
        || longestDelay.compareTo(allowedLateness) > 0) {
      errors.add(
          "longestDelay is "
              + longestDelay
              + "; expected above 0 and at most allowedLateness, "
              + allowedLateness);
    }
    defects.check(errors);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("Simulator: " + String.join("; ", errors));
    }
  }

  private static void checkHour(String name, Instant time, List<String> errors) {
    if (time.getNano() != 0 || time.getEpochSecond() % 3600 != 0) {
      errors.add(name + " is " + time + "; expected a whole hour");
    }
  }

  private static void checkMix(Mix mix, List<String> errors) {
    if (!(mix.power() >= 0)
        || !(mix.interval() >= 0)
        || !(mix.register() >= 0)
        || !(mix.fastRegister() >= 0)
        || !(mix.sum() > 0)) {
      errors.add("the shares of " + mix + " have to be 0 or above, and one of them above");
    }
    int seconds = mix.powerSeconds();
    if (seconds < 1 || 900 % seconds != 0 || (seconds > 60 && seconds % 60 != 0)) {
      errors.add(
          "powerSeconds is "
              + seconds
              + "; expected a divisor of 900, and above 60 whole minutes, such as 1, 10, 60, 300");
    }
  }

  /**
   * A fleet with the usual defects that never ends, in Europe/Paris, one meter in eight a shop.
   *
   * @param meters number of meters
   * @param start a whole hour
   */
  public static SimulatorConfig of(int meters, long seed, Instant start) {
    int shops = meters / 8;
    return new SimulatorConfig(
        seed,
        meters - shops,
        shops,
        ZoneId.of("Europe/Paris"),
        start,
        null,
        Mix.DEFAULT,
        0.4,
        Duration.ofDays(1),
        Duration.ofHours(20),
        DefectShares.DEFAULT);
  }

  public SimulatorConfig withZone(ZoneId zone) {
    return new SimulatorConfig(
        seed,
        households,
        shops,
        zone,
        start,
        end,
        mix,
        solarShare,
        allowedLateness,
        longestDelay,
        defects);
  }

  /** Ends the period; null for no end. */
  public SimulatorConfig withEnd(Instant end) {
    return new SimulatorConfig(
        seed,
        households,
        shops,
        zone,
        start,
        end,
        mix,
        solarShare,
        allowedLateness,
        longestDelay,
        defects);
  }

  public SimulatorConfig withMix(Mix mix) {
    return new SimulatorConfig(
        seed,
        households,
        shops,
        zone,
        start,
        end,
        mix,
        solarShare,
        allowedLateness,
        longestDelay,
        defects);
  }

  public SimulatorConfig withDefects(DefectShares defects) {
    return new SimulatorConfig(
        seed,
        households,
        shops,
        zone,
        start,
        end,
        mix,
        solarShare,
        allowedLateness,
        longestDelay,
        defects);
  }

  /** What the pipeline allows, and how late a used delivery may be here. */
  public SimulatorConfig withLateness(Duration allowedLateness, Duration longestDelay) {
    return new SimulatorConfig(
        seed,
        households,
        shops,
        zone,
        start,
        end,
        mix,
        solarShare,
        allowedLateness,
        longestDelay,
        defects);
  }
}
