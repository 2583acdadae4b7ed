package dev.wattbeam.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Exact fixed-point energy and power.
 *
 * <p>Energy in rows is a whole number of <b>millijoules</b>: 1 kWh = 3 600 000 000 mJ. A long holds
 * up to 2.5 TWh. Readings are whole <b>nano-kW</b> or <b>nano-kWh</b> (nine decimals). A power of
 * three decimals in kW over whole milliseconds, and an energy of eight decimals in kWh, are both a
 * whole number of millijoules, so sums have no rounding and do not depend on the order of addition.
 */
public final class Energy {
  /** Millijoules in one kWh. */
  public static final long MJ_PER_KWH = 3_600_000_000L;

  /** Nano-units in one kW or kWh: the scale of the value of a reading. */
  public static final long NANOS = 1_000_000_000L;

  private static final BigDecimal MJ_PER_KWH_DECIMAL = BigDecimal.valueOf(MJ_PER_KWH);

  private Energy() {}

  /** Energy in mJ of a value in nano-kWh, rounded towards minus infinity (1 nano-kWh = 3.6 mJ). */
  public static long ofKwhNanos(long kwhNanos) {
    return mulDivFloor(kwhNanos, 18, 5);
  }

  /** Energy in mJ of a power in nano-kW that lasts some milliseconds. */
  public static long ofPower(long kwNanos, long millis) {
    return mulDivFloor(kwNanos, millis, 1_000_000L);
  }

  /** Mean power in nano-kW of an energy in mJ over some milliseconds. */
  public static long meanPower(long energyMj, long millis) {
    return mulDivFloor(energyMj, 1_000_000L, millis);
  }

  /**
   * The part of an energy that falls before a border inside its span, when it is spread evenly.
   * Parts taken as differences of this function always add up to the whole.
   *
   * @param energyMj energy of the whole span, mJ
   * @param beforeMillis time from the start of the span to the border
   * @param spanMillis length of the span, at least 1
   */
  public static long shareBefore(long energyMj, long beforeMillis, long spanMillis) {
    return beforeMillis >= spanMillis ? energyMj : mulDivFloor(energyMj, beforeMillis, spanMillis);
  }

  /**
   * Sum of two energies, mJ.
   *
   * @throws ArithmeticException if it is above 2.5 TWh, which no row can hold
   */
  public static long plus(long energyMj, long other) {
    long sum = energyMj + other;
    if (((energyMj ^ sum) & (other ^ sum)) < 0) {
      throw new ArithmeticException(
          "An energy of more than 2.5 TWh does not fit into a row: divide the group, or correct the"
              + " unit or multiplier of its meters");
    }
    return sum;
  }

  /** Exact kWh, to twelve decimals, without trailing zeros. */
  public static BigDecimal toKwh(long energyMj) {
    BigDecimal kwh =
        BigDecimal.valueOf(energyMj).divide(MJ_PER_KWH_DECIMAL, 12, RoundingMode.HALF_EVEN);
    return kwh.signum() == 0 ? BigDecimal.ZERO : kwh.stripTrailingZeros();
  }

  /** A value in nano-units as a decimal in kW or kWh, without trailing zeros. */
  public static BigDecimal toUnits(long nanos) {
    return nanos == 0 ? BigDecimal.ZERO : BigDecimal.valueOf(nanos, 9).stripTrailingZeros();
  }

  /**
   * floor(a * b / c) without overflow in between, at most what a long holds; c must be positive.
   */
  public static long mulDivFloor(long a, long b, long c) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    if ((high == 0 && low >= 0) || (high == -1 && low < 0)) {
      return Math.floorDiv(low, c);
    }
    BigInteger[] parts =
        BigInteger.valueOf(a)
            .multiply(BigInteger.valueOf(b))
            .divideAndRemainder(BigInteger.valueOf(c));
    BigInteger floor = parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    if (floor.bitLength() < Long.SIZE) {
      return floor.longValue();
    }
    return floor.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
