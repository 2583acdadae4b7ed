package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.RowFlag;
import java.util.List;

/** The validation rules that judge a meter's whole local day, or its month. They only set flags. */
final class DayCheck {
  private static final int FEWEST_FOR_SPIKE = 8;
  private static final int FEWEST_DAYS_FOR_USAGE = 4;

  /** Sums may differ by one part in so many: 1 %, the accuracy class of common meters. */
  private static final int SUM_CHECK_SHARE = 100;

  private DayCheck() {}

  /**
   * Flags of a day.
   *
   * @param intervals the day's intervals in the order of time, null where nothing is known
   */
  static int flagsOfDay(DayRules rules, List<Consumption> intervals) {
    return neighbours(rules, intervals)
        | spike(rules, intervals)
        | gap(intervals)
        | estimates(rules, intervals);
  }

  private static boolean full(Consumption interval) {
    return interval != null && interval.coveredMillis() == Intervals.MILLIS;
  }

  private static int neighbours(DayRules rules, List<Consumption> intervals) {
    int flags = 0;
    int zeros = 0;
    int equal = 0;
    Consumption before = null;
    for (Consumption interval : intervals) {
      if (!full(interval)) {
        zeros = 0;
        equal = 0;
        before = null;
        continue;
      }
      long energy = interval.energyMj();
      zeros = energy == 0 ? zeros + 1 : 0;
      boolean same = before != null && before.energyMj() == energy && energy != 0;
      equal = energy == 0 ? 0 : same ? equal + 1 : 1;
      if (rules.zeroRunIntervals() > 0 && zeros >= rules.zeroRunIntervals()) {
        flags |= RowFlag.ZERO_RUN.bit();
      }
      if (rules.frozenReadings() > 0 && equal >= rules.frozenReadings()) {
        flags |= RowFlag.FROZEN.bit();
      }
      if (rules.abruptFactor() > 0 && before != null && abrupt(rules, before.energyMj(), energy)) {
        flags |= RowFlag.ABRUPT_CHANGE.bit();
      }
      before = interval;
    }
    return flags;
  }

  private static boolean abrupt(DayRules rules, long before, long energy) {
    long low = Math.min(before, energy);
    long high = Math.max(before, energy);
    return low > 0 && high / rules.abruptFactor() >= low && high > low * rules.abruptFactor();
  }

  private static int spike(DayRules rules, List<Consumption> intervals) {
    if (rules.spikeTolerance() == 0) {
      return 0;
    }
    long[] energies =
        intervals.stream()
            .filter(DayCheck::full)
            .mapToLong(Consumption::energyMj)
            .sorted()
            .toArray();
    if (energies.length < FEWEST_FOR_SPIKE) {
      return 0;
    }
    double highest = energies[energies.length - 1];
    double third = energies[energies.length - 3];
    return third > 0 && highest * 100 > third * (100.0 + rules.spikeTolerance())
        ? RowFlag.SPIKE.bit()
        : 0;
  }

  private static int gap(List<Consumption> intervals) {
    boolean incomplete = false;
    boolean begun = false;
    for (Consumption interval : intervals) {
      boolean covered = interval != null && interval.known();
      if (begun && covered && incomplete) {
        return RowFlag.GAP.bit();
      }
      if (begun || covered) {
        // The first covered interval may begin late without being a gap between readings.
        incomplete |= begun && !full(interval);
        begun = true;
      }
    }
    return 0;
  }

  private static int estimates(DayRules rules, List<Consumption> intervals) {
    QualityMix mix = QualityMix.NONE;
    for (Consumption interval : intervals) {
      if (interval != null) {
        mix = mix.plus(interval.quality());
      }
    }
    long estimated =
        mix.millis(Quality.ESTIMATED_LINEAR) + mix.millis(Quality.ESTIMATED_REFERENCE_DAY);
    return rules.estimatedPercent() > 0
            && estimated * 100 > mix.total() * (long) rules.estimatedPercent()
        ? RowFlag.MANY_ESTIMATES.bit()
        : 0;
  }

  /** Flags a day whose energy differs from that of the register that counts the same. */
  static void sumCheck(PeriodSum day, PeriodSum register) {
    day.alsoDependsOn(register);
    if (day.complete()
        && register.complete()
        && Math.abs(day.energy() - register.energy()) > register.energy() / SUM_CHECK_SHARE) {
      day.flag(RowFlag.SUM_CHECK.bit());
    }
  }

  /** Flags of a month: whether one of its complete days stands out against the others. */
  static int flagsOfMonth(DayRules rules, Slots days) {
    if (rules.usageFactor() == 0) {
      return 0;
    }
    long total = 0;
    int complete = 0;
    for (int i = 0; i < days.size(); i++) {
      if (complete(days.get(i))) {
        total = Energy.plus(total, days.get(i).energyMj());
        complete++;
      }
    }
    if (complete < FEWEST_DAYS_FOR_USAGE) {
      return 0;
    }
    int flags = 0;
    for (int i = 0; i < days.size(); i++) {
      if (complete(days.get(i))) {
        double energy = days.get(i).energyMj();
        double others = (total - energy) / (complete - 1);
        if (energy > others * rules.usageFactor()) {
          flags |= RowFlag.HIGH_USAGE.bit();
        } else if (energy * rules.usageFactor() < others) {
          flags |= RowFlag.LOW_USAGE.bit();
        }
      }
    }
    return flags;
  }

  private static boolean complete(Consumption day) {
    return day != null && day.coveredMillis() == day.expectedMillis();
  }
}
