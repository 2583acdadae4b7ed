package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

/**
 * A reading as another system stated it. Nothing is checked here: the message says the same, and
 * who reads the topic judges it.
 *
 * @param time as text, UTC where it is a date
 * @param value a decimal number, or NaN or Infinity
 * @param durationMillis null when it is not stated
 * @param sequence null when it is not stated
 * @param quality null when it is not stated
 */
public record RawReading(
    String meter,
    String channel,
    String type,
    String unit,
    String time,
    String value,
    Long durationMillis,
    Long sequence,
    String quality) {
  public RawReading {
    requireNonNull(meter, "meter");
    requireNonNull(channel, "channel");
    requireNonNull(type, "type");
    requireNonNull(unit, "unit");
    requireNonNull(time, "time");
    requireNonNull(value, "value");
  }
}
