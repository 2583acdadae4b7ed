package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.RowFlag;

/** Adds up the consumption of shorter periods to that of a longer one. */
final class PeriodSum {
  private boolean any;
  private long energy;
  private long covered;
  private long expected;
  private long minPower;
  private long maxPower;
  private long samples;
  private int flags;
  private QualityMix quality = QualityMix.NONE;
  private long revision;

  /** Adds a part; null when nothing is known about it. */
  void add(Consumption part) {
    if (part == null) {
      return;
    }
    any = true;
    if (part.known()) {
      minPower = covered == 0 ? part.minPower() : Math.min(minPower, part.minPower());
      maxPower = covered == 0 ? part.maxPower() : Math.max(maxPower, part.maxPower());
    }
    energy = Energy.plus(energy, part.energyMj());
    covered += part.coveredMillis();
    samples += part.samples();
    flags |= part.flags() & ~RowFlag.SHARED.bit();
    quality = quality.plus(part.quality());
    revision += part.revision();
  }

  /** Adds time that could be covered. */
  void expect(long millis) {
    expected += millis;
  }

  void flag(int bits) {
    flags |= bits;
  }

  /** Whether readings cover all of the time. */
  boolean complete() {
    return any && covered == expected;
  }

  /** Millijoules. */
  long energy() {
    return energy;
  }

  /** Lets the revision grow with what else is looked at. */
  void alsoDependsOn(PeriodSum other) {
    revision += other.revision;
  }

  /** The sum, or null when no part was known. */
  Consumption get() {
    return any
        ? new Consumption(
            energy, covered, expected, minPower, maxPower, samples, flags, quality, revision)
        : null;
  }
}
