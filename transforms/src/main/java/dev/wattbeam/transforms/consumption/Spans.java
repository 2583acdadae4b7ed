package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Energy;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import java.time.Duration;
import java.time.ZoneId;

/**
 * Time spans with known energy, disjoint and in the order of time; and the flags of single
 * readings. This is where the three reading types become one thing.
 */
final class Spans {
  /** Longest distance of two register or interval readings that are joined. */
  static final long LOOK_BACK_MILLIS = Duration.ofHours(25).toMillis();

  /** How many readings away a power or interval reading can change a span: it cuts the next one. */
  static final int REACH = 1;

  private static final long POWER_HOLD_MILLIS = Intervals.MILLIS;

  private int size;
  private final long[] start;
  private final long[] end;
  private final long[] energy;
  private final long[] power;
  private final Quality[] quality;

  /** Flags by index of the reading. */
  private final int[] flags;

  /** By index of the reading. */
  private final long[] claimStart;

  Spans(int readings) {
    start = new long[readings];
    end = new long[readings];
    energy = new long[readings];
    power = new long[readings];
    quality = new Quality[readings];
    flags = new int[readings];
    claimStart = new long[readings];
  }

  /** The spans of a stretch of readings of one channel. */
  static Spans of(ReadingType type, MeterType meterType, ZoneId zone, Readings readings) {
    Spans spans =
        switch (type) {
          case POWER, INTERVAL -> ofFlows(type, meterType, readings);
          case REGISTER -> Registers.spans(meterType, zone, readings);
        };
    spans.claim(type, meterType, readings);
    return spans;
  }

  private static Spans ofFlows(ReadingType type, MeterType meterType, Readings readings) {
    Spans spans = new Spans(readings.size);
    long hold = mostApart(type);
    for (int i = 0; i < readings.size; i++) {
      long time = readings.time[i];
      long before = i == 0 ? Long.MIN_VALUE : readings.time[i - 1];
      long length = readings.duration[i];
      if (length == 0) {
        length = meterType.nominalPeriodMillis();
      }
      if (length == 0) {
        if (i == 0 || time - before > hold) {
          continue;
        }
        length = time - before;
      }
      long start = Math.max(time - length, before);
      if (type == ReadingType.POWER) {
        long energy = Energy.ofPower(readings.value[i], time - start);
        spans.add(start, time, energy, readings.value[i], readings.quality[i]);
      } else if ((time - start) * 2 < length) {
        spans.flag(i, RowFlag.OVERLAP);
      } else {
        spans.add(start, time, Energy.ofKwhNanos(readings.value[i]), readings.quality[i]);
      }
    }
    return spans;
  }

  /** Longest distance of two readings for one of them to cover the time in between. */
  private static long mostApart(ReadingType type) {
    return type == ReadingType.POWER ? POWER_HOLD_MILLIS : LOOK_BACK_MILLIS;
  }

  /**
   * A reading claims the time before it that it would cover if no reading cut it short, and the
   * time since the reading before where two readings may cover what is between them.
   *
   * <p>So what is claimed never shrinks as readings become known, and holds whatever any of them
   * covered at some time: another reading may cut a span short, replace it or split a stretch in
   * two, but each length stays claimed, and each part of a stretch is shorter than the whole.
   */
  private void claim(ReadingType type, MeterType meterType, Readings readings) {
    boolean lasts = type != ReadingType.REGISTER;
    boolean joins = !lasts || meterType.nominalPeriodMillis() == 0;
    long mostApart = mostApart(type);
    for (int i = 0; i < readings.size; i++) {
      long time = readings.time[i];
      long from = lasts ? time - readings.longest[i] : time;
      if (joins && i > 0 && time - readings.time[i - 1] <= mostApart) {
        from = Math.min(from, readings.time[i - 1]);
      }
      claimStart[i] = from;
    }
  }

  void add(long start, long end, long energyMj, Quality quality) {
    add(start, end, energyMj, Energy.meanPower(energyMj, end - start), quality);
  }

  private void add(long start, long end, long energyMj, long power, Quality quality) {
    this.start[size] = start;
    this.end[size] = end;
    this.energy[size] = energyMj;
    this.power[size] = power;
    this.quality[size] = quality;
    size++;
  }

  void flag(int reading, RowFlag flag) {
    flags[reading] |= flag.bit();
  }

  int size() {
    return size;
  }

  long start(int i) {
    return start[i];
  }

  long end(int i) {
    return end[i];
  }

  /** Millijoules. */
  long energy(int i) {
    return energy[i];
  }

  /** Power level, nano-kW. */
  long power(int i) {
    return power[i];
  }

  Quality quality(int i) {
    return quality[i];
  }

  int flags(int reading) {
    return flags[reading];
  }

  /** Start of what a reading claims; its time when it claims nothing. */
  long claimStart(int reading) {
    return claimStart[reading];
  }
}
