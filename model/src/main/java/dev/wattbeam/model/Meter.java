package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import java.time.ZoneId;
import java.util.Map;

/**
 * One version of a meter's entry in the directory.
 *
 * @param name unique name, key of its readings
 * @param type kind of meter
 * @param zone time zone of its days and months, and of readings whose time has no offset
 * @param channels reading type that each channel delivers
 * @param multiplier what a reading is multiplied with (current transformer ratio), in millionths
 * @param validFromMillis start of service, inclusive, epoch milliseconds
 * @param validToMillis end of service, exclusive, epoch milliseconds
 */
public record Meter(
    String name,
    MeterType type,
    ZoneId zone,
    Map<String, ReadingType> channels,
    long multiplier,
    long validFromMillis,
    long validToMillis) {
  /** The multiplier that changes nothing. */
  public static final long MULTIPLIER_ONE = 1_000_000;

  public Meter {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
    requireNonNull(zone, "zone");
    channels = Map.copyOf(channels);
  }

  /** A meter that is in service for ever, without multiplier. */
  public static Meter of(
      String name, MeterType type, ZoneId zone, Map<String, ReadingType> channels) {
    return new Meter(name, type, zone, channels, MULTIPLIER_ONE, Long.MIN_VALUE, Long.MAX_VALUE);
  }
}
