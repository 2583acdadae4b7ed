package dev.wattbeam.oracle;

import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Sections "Power and interval energy" and "Registers": what energy the preferred readings of one
 * channel stand for, and when.
 */
final class SequentialSpans {
  private static final long LONGEST_POWER_STEP = Duration.ofMinutes(15).toMillis();
  private static final long LONGEST_STEP = Duration.ofHours(25).toMillis();
  private static final int MOST_GLITCHES = 4;
  private static final BigInteger MILLIS_PER_HOUR = BigInteger.valueOf(3_600_000L);

  /**
   * Energy that is spread evenly over (from, to].
   *
   * @param power level in nano-kW
   */
  record Span(long from, long to, BigInteger energy, BigInteger power, Quality quality) {}

  /** A flag of the interval in which a time closes. */
  record FlagAt(long time, RowFlag flag) {}

  private final List<Reading> readings;
  private final MeterDirectory directory;
  private final List<Span> spans = new ArrayList<>();
  private final List<FlagAt> flags = new ArrayList<>();

  private SequentialSpans(List<Reading> readings, MeterDirectory directory) {
    this.readings = readings;
    this.directory = directory;
  }

  static SequentialSpans of(List<Reading> readings, MeterDirectory directory) {
    SequentialSpans result = new SequentialSpans(readings, directory);
    ReadingType type = readings.get(0).type();
    if (readings.stream().anyMatch(reading -> reading.type() != type)) {
      throw new IllegalArgumentException(
          "The page does not say what happens when a channel changes its reading type: "
              + readings.get(0).meterChannel());
    }
    if (type == ReadingType.REGISTER) {
      result.registers();
    } else {
      result.powerOrInterval(type);
    }
    return result;
  }

  List<Span> spans() {
    return spans;
  }

  List<FlagAt> flags() {
    return flags;
  }

  private MeterType typeAt(int i) {
    Reading reading = readings.get(i);
    return directory.meterAt(reading.meter(), reading.timeMillis() - 1).type();
  }

  private long time(int i) {
    return readings.get(i).timeMillis();
  }

  private long value(int i) {
    return readings.get(i).value();
  }

  private void powerOrInterval(ReadingType type) {
    for (int i = 0; i < readings.size(); i++) {
      Reading reading = readings.get(i);
      long duration = duration(i, type);
      if (duration == 0) {
        continue;
      }
      long to = reading.timeMillis();
      long from = to - duration;
      if (i > 0 && time(i - 1) > from) {
        long cutOff = time(i - 1) - from;
        if (type == ReadingType.INTERVAL && 2 * cutOff > duration) {
          flags.add(new FlagAt(to, RowFlag.OVERLAP));
          continue;
        }
        from = time(i - 1);
      }
      if (type == ReadingType.POWER) {
        spans.add(
            new Span(
                from,
                to,
                Exact.energyOf(reading.value(), to - from),
                BigInteger.valueOf(reading.value()),
                reading.quality()));
      } else {
        BigInteger energy = Exact.energyOf(reading.value());
        spans.add(new Span(from, to, energy, Exact.powerOf(energy, to - from), reading.quality()));
      }
    }
  }

  /** Stated, else nominal, else since the reading before; 0 for none. */
  private long duration(int i, ReadingType type) {
    if (readings.get(i).durationMillis() > 0) {
      return readings.get(i).durationMillis();
    }
    if (typeAt(i).nominalPeriodMillis() > 0) {
      return typeAt(i).nominalPeriodMillis();
    }
    if (i == 0) {
      return 0;
    }
    long step = time(i) - time(i - 1);
    return step <= (type == ReadingType.POWER ? LONGEST_POWER_STEP : LONGEST_STEP) ? step : 0;
  }

  private void registers() {
    int n = readings.size();
    boolean[] expectedReset = new boolean[n];
    int[] segment = new int[n];
    for (int i = 1; i < n; i++) {
      expectedReset[i] = value(i) < value(i - 1) && inResetWindow(i);
      segment[i] = segment[i - 1] + (expectedReset[i] ? 1 : 0);
    }
    Integer before = null;
    int glitches = 0;
    for (int i = 0; i < n; i++) {
      if (isGlitch(i, segment)) {
        flag(i, RowFlag.REGISTER_GLITCH);
        glitches++;
        continue;
      }
      if (before == null || glitches > MOST_GLITCHES || time(i) - time(before) > LONGEST_STEP) {
        flag(i, RowFlag.REGISTER_GAP);
      } else {
        step(before, i, expectedReset[i]);
      }
      before = i;
      glitches = 0;
    }
  }

  private boolean inResetWindow(int i) {
    LocalTime from = typeAt(i).resetFrom();
    LocalTime to = typeAt(i).resetTo();
    if (from == null) {
      return false;
    }
    Reading reading = readings.get(i);
    LocalTime local =
        Instant.ofEpochMilli(reading.timeMillis())
            .atZone(directory.meterAt(reading.meter(), reading.timeMillis() - 1).zone())
            .toLocalTime();
    boolean notBefore = !local.isBefore(from);
    boolean notAfter = !local.isAfter(to);
    return from.isAfter(to) ? notBefore || notAfter : notBefore && notAfter;
  }

  private boolean isGlitch(int i, int[] segment) {
    for (int j = Math.max(0, i - 3); j < i; j++) {
      for (int k = i + 1; k <= Math.min(i + 3, readings.size() - 1); k++) {
        boolean near = time(i) - time(j) <= LONGEST_STEP && time(k) - time(i) <= LONGEST_STEP;
        boolean together = segment[j] == segment[i] && segment[k] == segment[i];
        if (near && together && isPlausible(j, k) && (value(i) < value(j) || value(i) > value(k))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isPlausible(int a, int b) {
    BigInteger difference = BigInteger.valueOf(value(b)).subtract(BigInteger.valueOf(value(a)));
    return difference.signum() >= 0
        && (typeAt(b).maxPower() == 0 || withinRating(difference, a, b));
  }

  /** Whether the rating of the meter, which is known, allows this much nano-kWh from a to b. */
  private boolean withinRating(BigInteger kwhNanos, int a, int b) {
    BigInteger allowed =
        BigInteger.valueOf(typeAt(b).maxPower()).multiply(BigInteger.valueOf(time(b) - time(a)));
    return kwhNanos.multiply(MILLIS_PER_HOUR).compareTo(allowed) <= 0;
  }

  /** The energy between two neighbouring good readings. */
  private void step(int a, int b, boolean expectedReset) {
    boolean ratingKnown = typeAt(b).maxPower() > 0;
    long modulus = typeAt(b).registerModulus();
    BigInteger energyA = Exact.energyOf(value(a));
    BigInteger energyB = Exact.energyOf(value(b));
    Quality quality = Exact.worse(readings.get(a).quality(), readings.get(b).quality());
    if (expectedReset) {
      flag(b, RowFlag.REGISTER_RESET);
      span(a, b, energyB, Quality.QUESTIONABLE);
    } else if (isPlausible(a, b)) {
      span(a, b, energyB.subtract(energyA), quality);
    } else if (value(b) < value(a) && modulus > 0 && isRollover(a, b, modulus, ratingKnown)) {
      flag(b, RowFlag.REGISTER_ROLLOVER);
      span(a, b, energyB.add(Exact.energyOf(modulus)).subtract(energyA), quality);
    } else if (!isFollowed(b) || !isFollowed(b + 1)) {
      flag(b, RowFlag.PROVISIONAL);
    } else if (value(b) < value(a)
        && ratingKnown
        && withinRating(BigInteger.valueOf(value(b)), a, b)) {
      flag(b, RowFlag.REGISTER_RESET);
      span(a, b, energyB, Quality.QUESTIONABLE);
    } else {
      flag(b, RowFlag.METER_EXCHANGE);
    }
  }

  /** Whether the next reading is there, and not too far away. */
  private boolean isFollowed(int i) {
    return i + 1 < readings.size() && time(i + 1) - time(i) <= LONGEST_STEP;
  }

  private boolean isRollover(int a, int b, long modulus, boolean ratingKnown) {
    BigInteger passed =
        BigInteger.valueOf(value(b))
            .add(BigInteger.valueOf(modulus))
            .subtract(BigInteger.valueOf(value(a)));
    if (passed.signum() < 0) {
      return false;
    }
    return ratingKnown
        ? withinRating(passed, a, b)
        : passed.compareTo(BigInteger.valueOf(Math.floorDiv(modulus, 2))) <= 0;
  }

  private void flag(int b, RowFlag flag) {
    flags.add(new FlagAt(time(b), flag));
  }

  private void span(int a, int b, BigInteger energy, Quality quality) {
    spans.add(
        new Span(time(a), time(b), energy, Exact.powerOf(energy, time(b) - time(a)), quality));
  }
}
