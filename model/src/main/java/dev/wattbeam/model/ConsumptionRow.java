package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * One row of a consumption table. Its key is (owner kind, owner, channel, level, start).
 *
 * @param ownerKind whether the owner is a meter or a group
 * @param owner name of the meter or group
 * @param channel such as {@code import}
 * @param level length of the period
 * @param startMillis start of the period, inclusive, epoch milliseconds UTC
 * @param endMillis end of the period, exclusive, epoch milliseconds UTC
 * @param consumption what is known
 */
@DefaultCoder(ConsumptionRowCoder.class)
public record ConsumptionRow(
    OwnerKind ownerKind,
    String owner,
    String channel,
    Level level,
    long startMillis,
    long endMillis,
    Consumption consumption) {
  /** What a row is about. */
  public enum OwnerKind {
    METER,
    GROUP
  }

  public ConsumptionRow {
    requireNonNull(ownerKind, "ownerKind");
    requireNonNull(owner, "owner");
    requireNonNull(channel, "channel");
    requireNonNull(level, "level");
    requireNonNull(consumption, "consumption");
  }

  /**
   * Mean power in kW, where anything is known. For a meter over the covered time; for a group,
   * whose members overlap, over the period.
   */
  public double meanKw() {
    long millis =
        ownerKind == OwnerKind.METER ? consumption.coveredMillis() : endMillis - startMillis;
    double kilowatts = (double) consumption.energyMj() / millis / 1_000;
    // What does not fit into nano-kW is absurd, but must be stored like anything else.
    return Math.abs(kilowatts) < 9e9
        ? Energy.meanPower(consumption.energyMj(), millis) / (double) Energy.NANOS
        : kilowatts;
  }
}
