package dev.wattbeam.oracle;

import dev.wattbeam.model.Quality;
import java.math.BigInteger;

/** Arithmetic of the page: floor division everywhere, 15-minute intervals, ranks of quality. */
final class Exact {
  static final long QUARTER = 15 * 60 * 1000L;
  private static final BigInteger EIGHTEEN = BigInteger.valueOf(18);
  private static final BigInteger FIVE = BigInteger.valueOf(5);
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  private Exact() {}

  static BigInteger floor(BigInteger dividend, BigInteger divisor) {
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    return parts[1].signum() * divisor.signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  /** Energy in mJ of a value in nano-kWh. */
  static BigInteger energyOf(long kwhNanos) {
    return floor(BigInteger.valueOf(kwhNanos).multiply(EIGHTEEN), FIVE);
  }

  /** Energy in mJ of a power in nano-kW over a time in milliseconds. */
  static BigInteger energyOf(long kwNanos, long millis) {
    return floor(BigInteger.valueOf(kwNanos).multiply(BigInteger.valueOf(millis)), MILLION);
  }

  /** Power in nano-kW of an energy in mJ over a time in milliseconds. */
  static BigInteger powerOf(BigInteger energyMj, long millis) {
    return floor(energyMj.multiply(MILLION), BigInteger.valueOf(millis));
  }

  /** Start of the interval in which a time closes. */
  static long closingInterval(long time) {
    return intervalOf(time - 1);
  }

  /** Start of the interval that a moment lies in. */
  static long intervalOf(long time) {
    return Math.floorDiv(time, QUARTER) * QUARTER;
  }

  /** The page ranks qualities but not two estimates: of those the one declared first is better. */
  static Quality better(Quality a, Quality b) {
    if (a.rank() != b.rank()) {
      return a.rank() > b.rank() ? a : b;
    }
    return a.ordinal() <= b.ordinal() ? a : b;
  }

  static Quality worse(Quality a, Quality b) {
    return better(a, b) == a ? b : a;
  }
}
