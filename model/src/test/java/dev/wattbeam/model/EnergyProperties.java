package dev.wattbeam.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Energy is exact, and its parts add up whatever the borders. */
class EnergyProperties {
  private static final long QUARTER_MILLIS = 900_000;
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  @Property
  void mulDivFloorIsTheTrueFloor(
      @ForAll long a, @ForAll long b, @ForAll @LongRange(min = 1) long c) {
    BigInteger floor =
        new BigDecimal(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)))
            .divide(BigDecimal.valueOf(c), 0, RoundingMode.FLOOR)
            .toBigIntegerExact();
    // What does not fit stops at the end of the range: it never wraps around.
    assertThat(Energy.mulDivFloor(a, b, c)).isEqualTo(floor.max(MIN).min(MAX).longValueExact());
  }

  @Example
  void mulDivFloorAtTheEndsOfTheRange() {
    assertThat(Energy.mulDivFloor(Long.MAX_VALUE, Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(Energy.mulDivFloor(Long.MAX_VALUE, Long.MIN_VALUE, 1)).isEqualTo(Long.MIN_VALUE);
    assertThat(Energy.mulDivFloor(Long.MIN_VALUE, Long.MIN_VALUE, 3)).isEqualTo(Long.MAX_VALUE);
    assertThat(Energy.mulDivFloor(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(Energy.mulDivFloor(Long.MIN_VALUE, 1, 1)).isEqualTo(Long.MIN_VALUE);
    assertThat(Energy.mulDivFloor(-1, 1, 2)).isEqualTo(-1);
    assertThat(Energy.mulDivFloor(1, 1, 2)).isZero();
  }

  /** Three decimals of a kW over whole milliseconds is a whole number of millijoules. */
  @Property
  void wattsOverMillisecondsAreExact(
      @ForAll @LongRange(min = -10_000_000_000L, max = 10_000_000_000L) long watts,
      @ForAll @LongRange(min = 1, max = 90_000_000) long millis) {
    long energy = Energy.ofPower(watts * 1_000_000, millis);
    assertThat(energy).isEqualTo(Math.multiplyExact(watts, millis));
    assertThat(Energy.meanPower(energy, millis)).isEqualTo(watts * 1_000_000);
  }

  /** Eight decimals of a kWh is a whole number of millijoules, so sums have no rounding. */
  @Property
  void eightDecimalsOfAKwhAreExact(
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) long tenNanos) {
    long energy = Energy.ofKwhNanos(tenNanos * 10);
    assertThat(energy).isEqualTo(tenNanos * 36);
    assertThat(Energy.toKwh(energy)).isEqualByComparingTo(BigDecimal.valueOf(tenNanos, 8));
  }

  @Example
  void aKilowattForAnHourIsAKilowattHour() {
    assertThat(Energy.ofPower(Energy.NANOS, 3_600_000)).isEqualTo(Energy.MJ_PER_KWH);
    assertThat(Energy.ofKwhNanos(Energy.NANOS)).isEqualTo(Energy.MJ_PER_KWH);
    assertThat(Energy.toKwh(Energy.MJ_PER_KWH)).isEqualTo(BigDecimal.ONE);
    assertThat(Energy.meanPower(Energy.MJ_PER_KWH, 3_600_000)).isEqualTo(Energy.NANOS);
    assertThat(Energy.toUnits(1_234_500_000)).isEqualTo(new BigDecimal("1.2345"));
    assertThat(Energy.toKwh(0)).isEqualTo(BigDecimal.ZERO);
    assertThat(Energy.toUnits(0)).isEqualTo(BigDecimal.ZERO);
  }

  /** The borders may lie anywhere: what the pieces get is the whole, to the last millijoule. */
  @Property
  void sharesTelescope(
      @ForAll @LongRange(min = -9_000_000_000_000_000L, max = 9_000_000_000_000_000L) long energy,
      @ForAll @LongRange(min = 1, max = 90_000_000) long span,
      @ForAll @Size(max = 6) List<@LongRange(min = 0, max = 90_000_000) Long> borders) {
    long sum = 0;
    long before = 0;
    for (long border : borders.stream().map(at -> Math.min(at, span)).sorted().toList()) {
      long share = Energy.shareBefore(energy, border, span);
      assertThat(Math.abs(share - before)).isLessThanOrEqualTo(Math.abs(energy));
      sum += share - before;
      before = share;
    }
    sum += Energy.shareBefore(energy, span, span) - before;
    assertThat(sum).isEqualTo(energy);
    assertThat(Energy.shareBefore(energy, 0, span)).isZero();
  }

  /** A share follows time: a later border never gets less of a consumption. */
  @Property
  void sharesGrowWithTime(
      @ForAll @LongRange(min = 0, max = 9_000_000_000_000_000L) long energy,
      @ForAll @LongRange(min = 1, max = 4 * QUARTER_MILLIS) long span,
      @ForAll @LongRange(min = 0, max = 4 * QUARTER_MILLIS) long a,
      @ForAll @LongRange(min = 0, max = 4 * QUARTER_MILLIS) long b) {
    assertThat(Energy.shareBefore(energy, Math.min(a, b), span))
        .isLessThanOrEqualTo(Energy.shareBefore(energy, Math.max(a, b), span));
  }

  /** Differences are taken in millijoules, so register steps add up to the whole difference. */
  @Property
  void registerDifferencesTelescope(
      @ForAll @Size(min = 2, max = 10)
          List<@LongRange(min = 0, max = 2_500_000_000L) Long> values) {
    long nanos = 1_234_567;
    long sum = 0;
    for (int i = 1; i < values.size(); i++) {
      sum +=
          Energy.ofKwhNanos(values.get(i) * nanos) - Energy.ofKwhNanos(values.get(i - 1) * nanos);
    }
    assertThat(sum)
        .isEqualTo(
            Energy.ofKwhNanos(values.get(values.size() - 1) * nanos)
                - Energy.ofKwhNanos(values.get(0) * nanos));
  }

  @Property
  void sumsAreExactOrRefused(@ForAll long a, @ForAll long b) {
    BigInteger sum = BigInteger.valueOf(a).add(BigInteger.valueOf(b));
    if (sum.compareTo(MIN) >= 0 && sum.compareTo(MAX) <= 0) {
      assertThat(Energy.plus(a, b)).isEqualTo(sum.longValueExact());
    } else {
      assertThatThrownBy(() -> Energy.plus(a, b)).hasMessageContaining("2.5 TWh");
    }
  }
}
