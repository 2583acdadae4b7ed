package dev.wattbeam.demo.simulator;

import dev.wattbeam.model.Meter;
import dev.wattbeam.model.ReadingType;

/** Where one channel of one simulated meter is; plain fields that {@link FleetSimulator} moves. */
final class ChannelState {
  private static final byte[] NOTHING = {};

  /** A reading without a defect of its value, so many of them, between two that have one. */
  private static final int QUIET_READINGS = 8;

  final TruthSeries truth;
  final ReadingType type;

  /** W or Wh that one unit of a value stands for: the multiplier of the meter. */
  final int quantum;

  final boolean thousandths;
  final byte[] prefix;
  final byte[] unknownUnitPrefix;
  final byte[] misfitUnitPrefix;
  final byte[] duration;
  final Rng random;

  /** What the meter may use in 25 hours, Wh: the look-back of a register. */
  private final long lookBackWh;

  /** Energy that the values have not said yet, J. */
  private long joules;

  private long registerWh;
  private long sequence;
  private int quiet = QUIET_READINGS;
  int frozenLeft;
  long frozenValue;

  ChannelState(
      Meter meter, String channel, TruthSeries truth, Rng random, long registerWh, int rating) {
    this.truth = truth;
    this.type = meter.channels().get(channel);
    this.quantum = (int) (meter.multiplier() / Meter.MULTIPLIER_ONE);
    this.random = random;
    this.registerWh = registerWh;
    this.lookBackWh = 25L * rating;
    thousandths = random.nextInt(2) == 0;
    boolean power = type == ReadingType.POWER;
    String unit = (thousandths ? "k" : "") + (power ? "W" : "Wh");
    String name = type.code();
    prefix = JsonEncoder.prefix(meter.name(), channel, name, unit);
    unknownUnitPrefix = JsonEncoder.prefix(meter.name(), channel, name, "BTU");
    misfitUnitPrefix = JsonEncoder.prefix(meter.name(), channel, name, power ? "kWh" : "kW");
    duration =
        type == ReadingType.INTERVAL
            ? JsonEncoder.ascii(",\"durationSeconds\":" + truth.periodMillis / 1000)
            : NOTHING;
  }

  /** Of two versions of a reading the newer one has the even number. */
  long nextSequence() {
    sequence += 2;
    return sequence;
  }

  /** Takes energy in; what comes out is the power in whole units that is sent. */
  long takePower(long newJoules) {
    return newJoules / (truth.periodMillis / 1000) / quantum;
  }

  /** Takes energy in; what comes out are whole units of Wh; the rest is kept for later. */
  long takeEnergy(long newJoules) {
    joules += newJoules;
    long units = joules / (3600L * quantum);
    joules -= units * 3600L * quantum;
    return units;
  }

  long registerWh() {
    return registerWh;
  }

  /** Moves the register; returns whether it passed its modulus. */
  boolean advanceRegister(long wh) {
    registerWh += wh;
    if (registerWh < Fleet.MODULUS_WH) {
      return false;
    }
    registerWh -= Fleet.MODULUS_WH;
    quiet = 0;
    return true;
  }

  void resetRegister(long wh) {
    registerWh = wh;
  }

  /**
   * Whether a wrong value of a register would be recognised for what it is, so that it concerns its
   * own neighbours only: no other one near, and the modulus far.
   */
  boolean mayBeWrong() {
    return type != ReadingType.REGISTER
        || (quiet >= QUIET_READINGS && registerWh + lookBackWh < Fleet.MODULUS_WH);
  }

  /**
   * Whether a value of zero would be recognised: nothing within the look-back may be as low, or it
   * would make a right value between the two look like the wrong one.
   */
  boolean mayFall() {
    return type == ReadingType.REGISTER && mayBeWrong() && registerWh > lookBackWh;
  }

  void wasWrong() {
    quiet = 0;
  }

  void wasRight() {
    quiet++;
  }

  /** Energy in mJ of a value of power or interval energy. */
  long energyMj(long units) {
    return type == ReadingType.POWER
        ? units * quantum * truth.periodMillis
        : units * quantum * 3_600_000L;
  }
}
