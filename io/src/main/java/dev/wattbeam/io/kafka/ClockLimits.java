package dev.wattbeam.io.kafka;

import java.io.Serializable;

/**
 * Which event times may move the clock of a partition, so that one absurd time does not make
 * everything after it late.
 *
 * @param oldestMillis lowest time that counts, epoch milliseconds UTC
 * @param futureToleranceMillis how far after the message's Kafka timestamp a time may lie,
 *     milliseconds
 */
public record ClockLimits(long oldestMillis, long futureToleranceMillis) implements Serializable {
  /** For messages whose times move no clock: the watermark stays at the start. */
  static final ClockLimits NO_CLOCK = new ClockLimits(Long.MAX_VALUE, 0);

  /** Zones go up to UTC+14, so a local time is at least this much earlier as a moment. */
  static final long LOCAL_ALLOWANCE_MILLIS = 14 * 3_600_000L;

  public ClockLimits {
    if (futureToleranceMillis < 0) {
      throw new IllegalArgumentException(
          "futureTolerance is " + futureToleranceMillis + " ms; it must not be negative");
    }
  }

  /**
   * The clock of a partition after a reading.
   *
   * @param clockMillis the clock before, {@link Long#MIN_VALUE} at the start
   * @param timeMillis time of the reading, in local time where {@code local} says so
   * @param knownMillis Kafka timestamp of the message
   */
  long advance(long clockMillis, long timeMillis, boolean local, long knownMillis) {
    long time = local ? timeMillis - LOCAL_ALLOWANCE_MILLIS : timeMillis;
    return time > clockMillis && time >= oldestMillis && time - futureToleranceMillis <= knownMillis
        ? time
        : clockMillis;
  }
}
