package dev.wattbeam.oracle;

import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import dev.wattbeam.oracle.SequentialSpans.FlagAt;
import dev.wattbeam.oracle.SequentialSpans.Span;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sections "Intervals" and "Revision": the 15-minute rows of one channel, by their start. */
final class SequentialIntervals {
  private static final long TWENTY_FIVE_HOURS = Duration.ofHours(25).toMillis();
  private static final long FOUR_DAYS_SECONDS = 345_600L;

  private SequentialIntervals() {}

  static SortedMap<Long, Cell> of(
      SequentialReadings readings, SequentialSpans spans, MeterDirectory directory) {
    SortedMap<Long, Cell> cells = new TreeMap<>();
    claim(readings, directory, cells);
    for (Span span : spans.spans()) {
      share(span, cells);
    }
    for (Reading reading : readings.preferred()) {
      cell(cells, Exact.closingInterval(reading.timeMillis())).samples++;
    }
    for (Reading conflict : readings.conflicts()) {
      cell(cells, Exact.closingInterval(conflict.timeMillis())).flags.add(RowFlag.CONFLICT);
    }
    for (FlagAt at : spans.flags()) {
      cell(cells, Exact.closingInterval(at.time())).flags.add(at.flag());
    }
    boolean registers = readings.preferred().get(0).type() == ReadingType.REGISTER;
    NavigableMap<Long, Integer> counts = new TreeMap<>();
    readings.known().forEach((time, known) -> counts.put(time, known.size()));
    cells.forEach((start, cell) -> cell.revision = revision(start, counts, registers ? 8 : 1));
    return cells;
  }

  /** Makes the rows that exist whether or not anything is known about them. */
  private static void claim(
      SequentialReadings readings, MeterDirectory directory, SortedMap<Long, Cell> cells) {
    Long before = null;
    for (Map.Entry<Long, Set<Reading>> entry : readings.known().entrySet()) {
      long time = entry.getKey();
      for (Reading reading : entry.getValue()) {
        long nominal = directory.meterAt(reading.meter(), time - 1).type().nominalPeriodMillis();
        long stated = reading.durationMillis();
        switch (reading.type()) {
          case REGISTER -> claimBetween(before, time, TWENTY_FIVE_HOURS, cells);
          case POWER, INTERVAL -> {
            claim(time - (stated > 0 ? stated : nominal), time, cells);
            if (nominal == 0) {
              boolean power = reading.type() == ReadingType.POWER;
              claimBetween(before, time, power ? Exact.QUARTER : TWENTY_FIVE_HOURS, cells);
            }
          }
        }
      }
      before = time;
    }
  }

  private static void claimBetween(
      Long before, long time, long mostApart, SortedMap<Long, Cell> cells) {
    if (before != null && time - before <= mostApart) {
      claim(before, time, cells);
    }
  }

  private static void claim(long from, long to, SortedMap<Long, Cell> cells) {
    for (long start = Exact.intervalOf(from); start < to; start += Exact.QUARTER) {
      cell(cells, start);
    }
  }

  private static Cell cell(SortedMap<Long, Cell> cells, long start) {
    return cells.computeIfAbsent(
        start,
        s -> {
          Cell cell = new Cell();
          cell.expected = Exact.QUARTER;
          return cell;
        });
  }

  private static void share(Span span, SortedMap<Long, Cell> cells) {
    long first = Exact.intervalOf(span.from());
    long last = Exact.closingInterval(span.to());
    for (long start = first; start <= last; start += Exact.QUARTER) {
      long end = start + Exact.QUARTER;
      long covered = Math.min(end, span.to()) - Math.max(start, span.from());
      Cell cell = cell(cells, start);
      cell.energy = cell.energy.add(before(end, span).subtract(before(start, span)));
      cell.covered += covered;
      cell.quality.merge(span.quality(), covered, Long::sum);
      cell.addPower(span.power());
      if (first != last) {
        cell.flags.add(RowFlag.SHARED);
      }
    }
  }

  /** What of a span's energy falls before a border. */
  private static BigInteger before(long border, Span span) {
    if (border <= span.from()) {
      return BigInteger.ZERO;
    }
    if (border >= span.to()) {
      return span.energy();
    }
    return Exact.floor(
        span.energy().multiply(BigInteger.valueOf(border - span.from())),
        BigInteger.valueOf(span.to() - span.from()));
  }

  /**
   * @param counts how many readings and copies each time has
   */
  private static long revision(long start, NavigableMap<Long, Integer> counts, int neighbours) {
    long end = start + Exact.QUARTER;
    // What closes in the interval: after its start, and up to and with its end.
    return sum(counts.subMap(start, false, end, true))
        + closeness(counts.headMap(start, true).descendingMap(), start, neighbours)
        + closeness(counts.tailMap(end, false), end, neighbours);
  }

  /**
   * @param side the readings on one side, the nearest first
   */
  private static long closeness(NavigableMap<Long, Integer> side, long border, int neighbours) {
    long distance = FOUR_DAYS_SECONDS;
    int nth = 0;
    for (long time : side.keySet()) {
      nth++;
      if (nth == neighbours) {
        distance = Math.min(distance, secondsApart(time, border));
        break;
      }
    }
    long known = 0;
    for (Map.Entry<Long, Integer> entry : side.entrySet()) {
      if (secondsApart(entry.getKey(), border) > distance) {
        break;
      }
      known += entry.getValue();
    }
    return 1_000 * (FOUR_DAYS_SECONDS - distance) + Math.min(999, known);
  }

  private static long secondsApart(long a, long b) {
    return (Math.abs(a - b) + 999) / 1000;
  }

  private static long sum(Map<Long, Integer> counts) {
    return counts.values().stream().mapToLong(count -> count).sum();
  }
}
