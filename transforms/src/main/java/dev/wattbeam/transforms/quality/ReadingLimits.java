package dev.wattbeam.transforms.quality;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * What holds for all readings, whatever their meter.
 *
 * @param oldestMillis oldest event time that is accepted, epoch milliseconds
 * @param futureToleranceMillis how much later than its message's Kafka timestamp a reading may be
 * @param allowedLatenessMillis how far behind the clock of its partition a reading may be; {@link
 *     #UNLIMITED} for no limit
 */
public record ReadingLimits(
    long oldestMillis, long futureToleranceMillis, long allowedLatenessMillis)
    implements Serializable {
  /** No reading is ever too late. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Longest span that one reading may stand for: a local day of 25 hours. */
  public static final long MAX_DURATION_MILLIS = Duration.ofHours(25).toMillis();

  /** Highest power (nano-kW) and interval energy (nano-kWh): 10 GW, 10 GWh. */
  public static final long MAX_FLOW = 10_000_000L * 1_000_000_000L;

  /** Highest register value, nano-kWh: 2.5 TWh, what fits a long in millijoules. */
  public static final long MAX_REGISTER = 2_500_000_000L * 1_000_000_000L;

  /** From the year 2000, one hour of clock error, one day of lateness. */
  public static final ReadingLimits DEFAULT =
      new ReadingLimits(
          Instant.parse("2000-01-01T00:00:00Z").toEpochMilli(),
          Duration.ofHours(1).toMillis(),
          Duration.ofDays(1).toMillis());

  public ReadingLimits withAllowedLateness(long millis) {
    return new ReadingLimits(oldestMillis, futureToleranceMillis, millis);
  }

  /** Whether a time can be right at all: only such times move the clock of a partition. */
  boolean plausible(long timeMillis, long knownMillis) {
    return timeMillis >= oldestMillis && timeMillis <= knownMillis + futureToleranceMillis;
  }
}
