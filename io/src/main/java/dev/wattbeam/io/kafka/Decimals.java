package dev.wattbeam.io.kafka;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Exact conversion of the text of a JSON number into a whole number of small units. */
final class Decimals {
  /** Longer numbers are refused: nobody measures that, and they cost much to convert. */
  static final int MAX_CHARACTERS = 1_000;

  /** Highest power of ten that a long holds. */
  static final int MAX_POWER = 18;

  private static final long[] POWERS = new long[MAX_POWER + 1];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private Decimals() {}

  /** Ten to the power, 0 to {@link #MAX_POWER}. */
  static long power(int exponent) {
    return POWERS[exponent];
  }

  /** Whether mantissa times ten to the power (0 to {@link #MAX_POWER}) fits a long. */
  static boolean fits(long mantissa, int power) {
    return Math.abs(mantissa) <= Long.MAX_VALUE / POWERS[power];
  }

  /** mantissa / 10^power, rounded half to even; power is 0 to {@link #MAX_POWER}. */
  static long divideHalfEven(long mantissa, int power) {
    long divisor = POWERS[power];
    long quotient = mantissa / divisor;
    long twice = Math.abs(mantissa % divisor) * 2;
    if (twice > divisor || (twice == divisor && (quotient & 1) != 0)) {
      quotient += mantissa < 0 ? -1 : 1;
    }
    return quotient;
  }

  /**
   * The number times ten to the power, rounded half to even.
   *
   * @param text a JSON number of at most {@link #MAX_CHARACTERS}
   * @return null when it does not fit a long
   */
  static Long rounded(String text, int power) {
    BigDecimal scaled = scaled(text, power);
    if (scaled == null) {
      return null;
    }
    // Below a hundredth everything rounds to zero; saves writing out a million zeros.
    if (scaled.signum() == 0 || digitsBeforePoint(scaled) < -1) {
      return 0L;
    }
    return toLong(scaled.setScale(0, RoundingMode.HALF_EVEN));
  }

  /**
   * The number times ten to the power, when that is a whole number.
   *
   * @param text a JSON number of at most {@link #MAX_CHARACTERS}
   * @return null when it is not whole or does not fit a long
   */
  static Long exact(String text, int power) {
    BigDecimal scaled = scaled(text, power);
    if (scaled == null || scaled.signum() == 0) {
      return scaled == null ? null : Long.valueOf(0);
    }
    BigDecimal stripped = scaled.stripTrailingZeros();
    return stripped.scale() > 0 ? null : toLong(stripped);
  }

  /** Null when it is beyond any long; tiny values come back as a tiny value of the same sign. */
  private static BigDecimal scaled(String text, int power) {
    int e = Math.max(text.indexOf('e'), text.indexOf('E'));
    BigDecimal mantissa = new BigDecimal(e < 0 ? text : text.substring(0, e));
    if (mantissa.signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigInteger exponent = BigInteger.valueOf(power);
    if (e >= 0) {
      exponent = exponent.add(new BigInteger(text.substring(e + 1)));
    }
    // A thousand digits can be undone by an exponent of a thousand, not by one of a million.
    if (exponent.bitLength() > 20) {
      return exponent.signum() > 0
          ? null
          : BigDecimal.valueOf(mantissa.signum()).scaleByPowerOfTen(-1_000_000);
    }
    BigDecimal scaled = mantissa.scaleByPowerOfTen(exponent.intValueExact());
    return digitsBeforePoint(scaled) > 20 ? null : scaled;
  }

  private static int digitsBeforePoint(BigDecimal number) {
    return number.precision() - number.scale();
  }

  private static Long toLong(BigDecimal whole) {
    BigInteger integer = whole.toBigInteger();
    return integer.bitLength() > 63 ? null : Long.valueOf(integer.longValue());
  }
}
