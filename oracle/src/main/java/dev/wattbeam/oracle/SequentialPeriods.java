package dev.wattbeam.oracle;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.RowFlag;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Section "Hours, days, months", for meters. */
final class SequentialPeriods {
  private SequentialPeriods() {}

  static void addRows(
      MeterChannel channel,
      SortedMap<Long, Cell> intervals,
      SortedMap<Long, Cell> register,
      MeterDirectory directory,
      SortedMap<RowKey, ConsumptionRow> rows) {
    Map<Period, SortedMap<Long, Cell>> parts = new TreeMap<>(ORDER);
    intervals.forEach(
        (start, cell) -> {
          Meter meter = meterAt(directory, channel.meter(), start);
          for (Level level : Level.values()) {
            parts
                .computeIfAbsent(Period.of(level, start, meter.zone()), period -> new TreeMap<>())
                .put(start, cell);
          }
        });
    Map<Period, Cell> days = new TreeMap<>(ORDER);
    // ORDER puts days before months, and a month row needs its finished days.
    parts.forEach(
        (period, cells) -> {
          DayRules rules = meterAt(directory, channel.meter(), period.start()).type().rules();
          Cell cell =
              period.level() == Level.INTERVAL ? cells.get(period.start()) : sum(period, cells);
          if (period.level() == Level.DAY) {
            judgeDay(cell, cells, rules);
            judgeSum(cell, sum(period, register.subMap(period.start(), period.end())));
            days.put(period, cell);
          }
          if (period.level() == Level.MONTH) {
            judgeMonth(cell, period, days, rules);
            cell.revision = 0;
            days.forEach((day, of) -> cell.revision += within(day, period) ? of.revision : 0);
          }
          ConsumptionRow row =
              new ConsumptionRow(
                  OwnerKind.METER,
                  channel.meter(),
                  channel.channel(),
                  period.level(),
                  period.start(),
                  period.end(),
                  cell.toConsumption());
          rows.put(RowKey.of(row), row);
        });
  }

  static final Comparator<Period> ORDER =
      Comparator.comparing(Period::level).thenComparing(Period::start).thenComparing(Period::end);

  /** A span can begin before the meter's service does: then any entry has to do. */
  private static Meter meterAt(MeterDirectory directory, String meter, long start) {
    Meter found = directory.meterAt(meter, start);
    return found != null ? found : directory.anyVersion(meter);
  }

  private static Cell sum(Period period, SortedMap<Long, Cell> parts) {
    Cell sum = new Cell();
    sum.expected = period.end() - period.start();
    for (Cell part : parts.values()) {
      sum.addAmounts(part);
      sum.flags.addAll(part.flags);
      if (part.covered > 0) {
        sum.addPower(part.minPower);
        sum.addPower(part.maxPower);
      }
    }
    sum.flags.remove(RowFlag.SHARED);
    return sum;
  }

  private static boolean within(Period day, Period month) {
    return day.start() >= month.start() && day.end() <= month.end();
  }

  /** Only days of the register that count are given. */
  private static void judgeSum(Cell day, Cell register) {
    day.revision += register.revision;
    BigInteger difference = day.energy.subtract(register.energy).abs();
    if (day.covered == day.expected
        && register.covered == register.expected
        && difference.compareTo(register.energy.divide(BigInteger.valueOf(100))) > 0) {
      day.flags.add(RowFlag.SUM_CHECK);
    }
  }

  private static void judgeDay(Cell day, SortedMap<Long, Cell> intervals, DayRules rules) {
    if (hasSpike(intervals, rules.spikeTolerance())) {
      day.flags.add(RowFlag.SPIKE);
    }
    if (hasAbruptChange(intervals, rules.abruptFactor())) {
      day.flags.add(RowFlag.ABRUPT_CHANGE);
    }
    if (rules.zeroRunIntervals() > 0 && longestRun(intervals, true) >= rules.zeroRunIntervals()) {
      day.flags.add(RowFlag.ZERO_RUN);
    }
    if (rules.frozenReadings() > 0 && longestRun(intervals, false) >= rules.frozenReadings()) {
      day.flags.add(RowFlag.FROZEN);
    }
    if (hasGap(intervals)) {
      day.flags.add(RowFlag.GAP);
    }
    long estimated =
        day.quality.getOrDefault(Quality.ESTIMATED_REFERENCE_DAY, 0L)
            + day.quality.getOrDefault(Quality.ESTIMATED_LINEAR, 0L);
    if (rules.estimatedPercent() > 0 && estimated * 100 > rules.estimatedPercent() * day.covered) {
      day.flags.add(RowFlag.MANY_ESTIMATES);
    }
  }

  private static boolean hasSpike(SortedMap<Long, Cell> intervals, int tolerance) {
    List<BigInteger> full = new ArrayList<>();
    for (Cell cell : intervals.values()) {
      if (cell.isFull()) {
        full.add(cell.energy);
      }
    }
    if (tolerance == 0 || full.size() < 8) {
      return false;
    }
    full.sort(Comparator.reverseOrder());
    BigInteger third = full.get(2);
    return third.signum() > 0
        && full.get(0)
                .multiply(BigInteger.valueOf(100))
                .compareTo(third.multiply(BigInteger.valueOf(100 + tolerance)))
            > 0;
  }

  private static boolean hasAbruptChange(SortedMap<Long, Cell> intervals, int factor) {
    if (factor == 0) {
      return false;
    }
    for (Map.Entry<Long, Cell> entry : intervals.entrySet()) {
      Cell next = intervals.get(entry.getKey() + Exact.QUARTER);
      if (next != null && next.isFull() && entry.getValue().isFull()) {
        BigInteger smaller = entry.getValue().energy.min(next.energy);
        BigInteger greater = entry.getValue().energy.max(next.energy);
        if (smaller.signum() > 0
            && greater.compareTo(smaller.multiply(BigInteger.valueOf(factor))) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Most full neighbours in a row of zero, or of one equal energy other than zero. */
  private static int longestRun(SortedMap<Long, Cell> intervals, boolean ofZero) {
    int longest = 0;
    int run = 0;
    Long before = null;
    for (Map.Entry<Long, Cell> entry : intervals.entrySet()) {
      Cell cell = entry.getValue();
      boolean counts = cell.isFull() && (cell.energy.signum() == 0) == ofZero;
      if (!counts) {
        run = 0;
      } else if (run > 0
          && before == entry.getKey() - Exact.QUARTER
          && intervals.get(before).energy.equals(cell.energy)) {
        run++;
      } else {
        run = 1;
      }
      before = entry.getKey();
      longest = Math.max(longest, run);
    }
    return longest;
  }

  private static boolean hasGap(SortedMap<Long, Cell> intervals) {
    Long first = null;
    Long last = null;
    for (Map.Entry<Long, Cell> entry : intervals.entrySet()) {
      if (entry.getValue().covered > 0) {
        first = first == null ? entry.getKey() : first;
        last = entry.getKey();
      }
    }
    if (first == null) {
      return false;
    }
    for (long start = first + Exact.QUARTER; start < last; start += Exact.QUARTER) {
      Cell cell = intervals.get(start);
      if (cell == null || !cell.isFull()) {
        return true;
      }
    }
    return false;
  }

  private static void judgeMonth(
      Cell month, Period period, Map<Period, Cell> days, DayRules rules) {
    List<BigInteger> complete = new ArrayList<>();
    for (Map.Entry<Period, Cell> day : days.entrySet()) {
      if (day.getKey().start() >= period.start() && day.getKey().end() <= period.end()) {
        month.flags.addAll(day.getValue().flags);
        if (day.getValue().covered == day.getValue().expected) {
          complete.add(day.getValue().energy);
        }
      }
    }
    if (rules.usageFactor() == 0 || complete.size() < 4) {
      return;
    }
    BigInteger total = complete.stream().reduce(BigInteger.ZERO, BigInteger::add);
    BigInteger others = BigInteger.valueOf(complete.size() - 1);
    BigInteger factor = BigInteger.valueOf(rules.usageFactor());
    for (BigInteger day : complete) {
      BigInteger sumOfOthers = total.subtract(day);
      if (day.multiply(others).compareTo(factor.multiply(sumOfOthers)) > 0) {
        month.flags.add(RowFlag.HIGH_USAGE);
      }
      if (day.multiply(others).multiply(factor).compareTo(sumOfOthers) < 0) {
        month.flags.add(RowFlag.LOW_USAGE);
      }
    }
  }
}
