package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Energy;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.RowFlag;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * The register state machine: which counter values are glitches, and what the energy between two
 * good ones is (increment, rollover, reset, exchange). Each decision looks at a few neighbours
 * only, so it does not depend on where the stretch of readings begins, nor on the order of arrival.
 */
final class Registers {
  /** How many readings on each side are asked whether a value is a glitch. */
  static final int NEIGHBOURS = 3;

  /** How many readings have to follow a suspicious step before it is believed. */
  static final int CONFIRMATIONS = 2;

  /** More glitches in a row than this are no glitches that one could look through. */
  static final int MOST_GLITCHES = 4;

  /**
   * How many readings away a reading can change a row: a span has at most {@link #MOST_GLITCHES}
   * readings inside, and whether its ends are good takes {@link #NEIGHBOURS} more.
   */
  static final int REACH = MOST_GLITCHES + 1 + NEIGHBOURS;

  private static final long MILLIS_PER_HOUR = 3_600_000L;

  private final MeterType meterType;
  private final ZoneId zone;
  private final Readings readings;

  private Registers(MeterType meterType, ZoneId zone, Readings readings) {
    this.meterType = meterType;
    this.zone = zone;
    this.readings = readings;
  }

  static Spans spans(MeterType meterType, ZoneId zone, Readings readings) {
    return new Registers(meterType, zone, readings).spans();
  }

  private Spans spans() {
    boolean[] expectedReset = new boolean[readings.size];
    for (int i = 1; i < readings.size; i++) {
      expectedReset[i] =
          readings.value[i] < readings.value[i - 1] && inResetWindow(readings.time[i]);
    }
    Spans spans = new Spans(readings.size);
    int before = -1;
    for (int i = 0; i < readings.size; i++) {
      if (isGlitch(i, expectedReset)) {
        spans.flag(i, RowFlag.REGISTER_GLITCH);
        continue;
      }
      if (before < 0 || i - before > MOST_GLITCHES + 1 || !near(before, i)) {
        spans.flag(i, RowFlag.REGISTER_GAP);
      } else {
        step(before, i, expectedReset, spans);
      }
      before = i;
    }
    return spans;
  }

  private boolean inResetWindow(long time) {
    if (meterType.resetFrom() == null) {
      return false;
    }
    LocalTime at = LocalTime.ofInstant(Instant.ofEpochMilli(time), zone);
    LocalTime from = meterType.resetFrom();
    LocalTime to = meterType.resetTo();
    return from.isAfter(to)
        ? !at.isBefore(from) || !at.isAfter(to)
        : !at.isBefore(from) && !at.isAfter(to);
  }

  private boolean isGlitch(int i, boolean[] expectedReset) {
    long value = readings.value[i];
    if (!standsOut(i)) {
      return false;
    }
    for (int j = i - 1; j >= Math.max(0, i - NEIGHBOURS) && near(j, i); j--) {
      if (expectedReset[j + 1]) {
        break;
      }
      for (int k = i + 1; k <= Math.min(readings.size - 1, i + NEIGHBOURS) && near(i, k); k++) {
        if (expectedReset[k]) {
          break;
        }
        if (plausible(j, k) && (value < readings.value[j] || value > readings.value[k])) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a neighbour on the left is higher or one on the right lower: spares most the pairs. */
  private boolean standsOut(int i) {
    for (int j = i - 1; j >= Math.max(0, i - NEIGHBOURS); j--) {
      if (readings.value[j] > readings.value[i]) {
        return true;
      }
    }
    for (int k = i + 1; k <= Math.min(readings.size - 1, i + NEIGHBOURS); k++) {
      if (readings.value[k] < readings.value[i]) {
        return true;
      }
    }
    return false;
  }

  private boolean near(int a, int b) {
    return readings.time[b] - readings.time[a] <= Spans.LOOK_BACK_MILLIS;
  }

  private boolean plausible(int a, int b) {
    long step = readings.value[b] - readings.value[a];
    return step >= 0 && withinRating(step, a, b);
  }

  private boolean withinRating(long step, int a, int b) {
    return meterType.maxPower() == 0 || step <= mostBetween(a, b);
  }

  /** Most energy that the rating allows between two readings, nano-kWh. */
  private long mostBetween(int a, int b) {
    return Energy.mulDivFloor(
        meterType.maxPower(), readings.time[b] - readings.time[a], MILLIS_PER_HOUR);
  }

  private void step(int a, int b, boolean[] expectedReset, Spans spans) {
    long from = readings.value[a];
    long to = readings.value[b];
    if (expectedReset[b]) {
      reset(a, b, spans);
    } else if (plausible(a, b)) {
      span(a, b, Energy.ofKwhNanos(to) - Energy.ofKwhNanos(from), worse(a, b), spans);
    } else if (isRollover(a, b)) {
      long end = to + meterType.registerModulus();
      span(a, b, Energy.ofKwhNanos(end) - Energy.ofKwhNanos(from), worse(a, b), spans);
      spans.flag(b, RowFlag.REGISTER_ROLLOVER);
    } else if (!isConfirmed(b)) {
      spans.flag(b, RowFlag.PROVISIONAL);
    } else if (to < from && meterType.maxPower() > 0 && to <= mostBetween(a, b)) {
      reset(a, b, spans);
    } else {
      spans.flag(b, RowFlag.METER_EXCHANGE);
    }
  }

  private boolean isConfirmed(int b) {
    int confirmed = b;
    while (confirmed + 1 < readings.size && near(confirmed, confirmed + 1)) {
      confirmed++;
      if (confirmed == b + CONFIRMATIONS) {
        return true;
      }
    }
    return false;
  }

  private void reset(int a, int b, Spans spans) {
    span(a, b, Energy.ofKwhNanos(readings.value[b]), Quality.QUESTIONABLE, spans);
    spans.flag(b, RowFlag.REGISTER_RESET);
  }

  private boolean isRollover(int a, int b) {
    long modulus = meterType.registerModulus();
    long step = readings.value[b] - readings.value[a] + modulus;
    if (modulus == 0 || readings.value[b] >= readings.value[a] || step < 0) {
      return false;
    }
    return meterType.maxPower() == 0 ? step <= modulus / 2 : step <= mostBetween(a, b);
  }

  private Quality worse(int a, int b) {
    Quality first = readings.quality[a];
    Quality second = readings.quality[b];
    return first.rank() <= second.rank() ? first : second;
  }

  private void span(int a, int b, long energyMj, Quality quality, Spans spans) {
    spans.add(readings.time[a], readings.time[b], energyMj, quality);
  }
}
