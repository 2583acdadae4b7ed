package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterChannel;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/**
 * Makes the rows of one channel of one meter or group out of its intervals: the changed intervals
 * themselves, and the hours, local days and local months that they lie in. Nothing is added up
 * incrementally: a period is the sum of what its parts are now, so late data needs no correction.
 */
final class Rollup {
  private static final int DAYS_OF_MONTH = 31;

  private final OwnerKind kind;
  private final MeterChannel owner;
  private final ZoneId zone;

  /** Null for a group: its members are judged, not their sum. */
  private final DayRules rules;

  private final LongFunction<Consumption> interval;

  /** Intervals of the register that the sums of this channel are checked against, or null. */
  private final LongFunction<Consumption> check;

  private final LongUnaryOperator expectedMillis;
  private final Store<PeriodKey, Slots> months;

  /**
   * A roll-up.
   *
   * @param interval what is known about the interval with this number, or null
   * @param check the same for the register that this channel is checked against; null for none
   * @param expectedMillis how much of the interval with this number could be covered
   * @param months the days of each month
   */
  Rollup(
      OwnerKind kind,
      MeterChannel owner,
      ZoneId zone,
      DayRules rules,
      LongFunction<Consumption> interval,
      LongFunction<Consumption> check,
      LongUnaryOperator expectedMillis,
      Store<PeriodKey, Slots> months) {
    this.kind = kind;
    this.owner = owner;
    this.zone = zone;
    this.rules = rules;
    this.interval = interval;
    this.check = check;
    this.expectedMillis = expectedMillis;
    this.months = months;
  }

  /** Number of a local month, for the key of {@code months}. */
  static int month(LocalDate date) {
    return date.getYear() * 12 + date.getMonthValue() - 1;
  }

  /** Hands out the rows that follow from changed intervals, given in the order of time. */
  void rows(List<Long> changed, Consumer<ConsumptionRow> out) {
    TreeSet<Long> hours = new TreeSet<>();
    for (long number : changed) {
      long start = Intervals.start(number);
      out.accept(row(Level.INTERVAL, start, start + Intervals.MILLIS, interval.apply(number)));
      hours.add(Intervals.hourStart(number, zone));
    }
    for (long hour : hours) {
      long end = hour + Intervals.HOUR_MILLIS;
      Consumption sum = sum(hour, end, new ArrayList<>()).get();
      out.accept(row(Level.HOUR, hour, end, sum));
    }
    dayAndMonthRows(changed, out);
  }

  /** Hands out the days and months only, as when the register they are checked against changed. */
  void dayAndMonthRows(List<Long> changed, Consumer<ConsumptionRow> out) {
    TreeSet<LocalDate> days = new TreeSet<>();
    long dayEnd = Long.MIN_VALUE;
    for (long number : changed) {
      if (number >= dayEnd) {
        LocalDate date = Intervals.localDate(number, zone);
        days.add(date);
        dayEnd = Intervals.firstOf(date.plusDays(1), zone);
      }
    }
    TreeMap<Integer, Slots> changedMonths = new TreeMap<>();
    for (LocalDate date : days) {
      day(date, changedMonths, out);
    }
    changedMonths.forEach((month, slots) -> month(month, slots, out));
  }

  private void day(
      LocalDate date, TreeMap<Integer, Slots> changedMonths, Consumer<ConsumptionRow> out) {
    long start = Intervals.start(Intervals.firstOf(date, zone));
    long end = Intervals.start(Intervals.firstOf(date.plusDays(1), zone));
    List<Consumption> parts = new ArrayList<>(Intervals.PER_DAY + 4);
    PeriodSum sum = sum(start, end, parts);
    if (rules != null) {
      sum.flag(DayCheck.flagsOfDay(rules, parts));
    }
    if (check != null) {
      DayCheck.sumCheck(sum, sum(check, start, end, new ArrayList<>()));
    }
    Consumption day = sum.get();
    if (day == null) {
      return;
    }
    out.accept(row(Level.DAY, start, end, day));
    Slots month =
        changedMonths.computeIfAbsent(
            month(date),
            number -> {
              Slots known = months.get(new PeriodKey(owner, number));
              return known == null ? Slots.empty(DAYS_OF_MONTH) : known;
            });
    changedMonths.put(month(date), month.with(date.getDayOfMonth() - 1, day));
  }

  private void month(int number, Slots days, Consumer<ConsumptionRow> out) {
    months.put(new PeriodKey(owner, number), days);
    LocalDate first = LocalDate.of(number / 12, number % 12 + 1, 1);
    long start = Intervals.start(Intervals.firstOf(first, zone));
    long end = Intervals.start(Intervals.firstOf(first.plusMonths(1), zone));
    PeriodSum sum = new PeriodSum();
    for (int i = 0; i < days.size(); i++) {
      sum.add(days.get(i));
    }
    expect(sum, start, end);
    if (rules != null) {
      sum.flag(DayCheck.flagsOfMonth(rules, days));
    }
    out.accept(row(Level.MONTH, start, end, sum.get()));
  }

  private PeriodSum sum(long start, long end, List<Consumption> parts) {
    return sum(interval, start, end, parts);
  }

  private PeriodSum sum(
      LongFunction<Consumption> interval, long start, long end, List<Consumption> parts) {
    PeriodSum sum = new PeriodSum();
    for (long number = Intervals.containing(start); number < Intervals.containing(end); number++) {
      Consumption part = interval.apply(number);
      sum.add(part);
      parts.add(part);
    }
    expect(sum, start, end);
    return sum;
  }

  private void expect(PeriodSum sum, long start, long end) {
    if (kind == OwnerKind.METER) {
      sum.expect(end - start);
      return;
    }
    for (long number = Intervals.containing(start); number < Intervals.containing(end); number++) {
      sum.expect(expectedMillis.applyAsLong(number));
    }
  }

  private ConsumptionRow row(Level level, long start, long end, Consumption consumption) {
    return new ConsumptionRow(kind, owner.meter(), owner.channel(), level, start, end, consumption);
  }
}
