package dev.wattbeam.demo.simulator;

import dev.wattbeam.model.Meter;

/** One simulated meter. */
final class MeterState {
  /** How a meter writes times. */
  enum TimeStyle {
    UTC,
    OFFSET,
    /** Without offset, except in the hour that comes twice. */
    LOCAL
  }

  final Meter meter;
  final Load load;
  final long periodMillis;
  final long delayMillis;
  final int ratingWatts;
  final TimeStyle timeStyle;
  final ChannelState imports;

  /** Null without photovoltaics. */
  final ChannelState exports;

  /** Highest event time that was delivered and moves the clock of a partition. */
  long clockMillis = Long.MIN_VALUE;

  MeterState(
      Meter meter,
      Load load,
      long delayMillis,
      int ratingWatts,
      TimeStyle timeStyle,
      ChannelState imports,
      ChannelState exports) {
    this.meter = meter;
    this.load = load;
    this.periodMillis = meter.type().nominalPeriodMillis();
    this.delayMillis = delayMillis;
    this.ratingWatts = ratingWatts;
    this.timeStyle = timeStyle;
    this.imports = imports;
    this.exports = exports;
  }
}
