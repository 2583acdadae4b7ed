package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * What is known about the energy of one period: the content of a row.
 *
 * @param energyMj energy in millijoules ({@link Energy}); only over the covered time, never
 *     extrapolated
 * @param coveredMillis how much of the period readings cover; 0 means that nothing is known, and
 *     then the energy is absent, not zero
 * @param expectedMillis how much could be covered: the length of the period, times the number of
 *     members for a group
 * @param minPower lowest power in nano-kW: of the readings for a meter's interval, of the interval
 *     demands for a group; meaningful only when something is covered
 * @param maxPower highest power in nano-kW, likewise
 * @param samples readings whose time lies in the period
 * @param flags set of {@link RowFlag} bits
 * @param quality which quality covers how much
 * @param revision measure of how much was known; only grows
 */
@DefaultCoder(ConsumptionCoder.class)
public record Consumption(
    long energyMj,
    long coveredMillis,
    long expectedMillis,
    long minPower,
    long maxPower,
    long samples,
    int flags,
    QualityMix quality,
    long revision) {
  public Consumption {
    requireNonNull(quality, "quality");
  }

  /** Whether any energy is known. */
  public boolean known() {
    return coveredMillis > 0;
  }

  /** Mean power over the covered time, nano-kW. */
  public long meanPower() {
    return Energy.meanPower(energyMj, coveredMillis);
  }

  /** Share of the period that readings cover, 0 to 1. */
  public double coverage() {
    return expectedMillis == 0 ? 0 : (double) coveredMillis / expectedMillis;
  }

  /** Whether all but the revision is the same. */
  public boolean sameContent(Consumption other) {
    return energyMj == other.energyMj
        && coveredMillis == other.coveredMillis
        && expectedMillis == other.expectedMillis
        && minPower == other.minPower
        && maxPower == other.maxPower
        && samples == other.samples
        && flags == other.flags
        && quality.equals(other.quality);
  }
}
