package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * One reading. The hot path carries many of them as a {@link ReadingBatch}.
 *
 * @param meter name of the meter
 * @param channel channel of the meter, such as {@code import}
 * @param type what the value is
 * @param timeMillis the <b>end</b> of the span that the value stands for (a value belongs to the
 *     interval that it closes), or the moment at which a register was read; epoch milliseconds UTC
 * @param value nano-kW for power, nano-kWh for interval energy and registers
 * @param durationMillis length of the span, or 0 when the message does not say
 * @param sequence number given by the sender, or {@link #NO_SEQUENCE}; among two different values
 *     for one time the higher number wins
 * @param quality as stated by the sender; {@link Quality#VALID} when it states none
 */
@DefaultCoder(ReadingCoder.class)
public record Reading(
    String meter,
    String channel,
    ReadingType type,
    long timeMillis,
    long value,
    long durationMillis,
    long sequence,
    Quality quality) {
  /** The message carries no sequence number. */
  public static final long NO_SEQUENCE = -1;

  /**
   * Readings of one channel, the newest last; of those for one time the one that the computation
   * prefers.
   */
  public static final Comparator<Reading> NEWEST_LAST =
      Comparator.comparingLong(Reading::timeMillis)
          .thenComparingLong(Reading::sequence)
          .thenComparingInt(reading -> reading.quality().rank())
          .thenComparingLong(Reading::durationMillis)
          .thenComparingLong(Reading::value);

  public Reading {
    requireNonNull(meter, "meter");
    requireNonNull(channel, "channel");
    requireNonNull(type, "type");
    requireNonNull(quality, "quality");
  }

  /** A reading as most senders make it: valid, without sequence number. */
  public static Reading of(
      String meter,
      String channel,
      ReadingType type,
      long timeMillis,
      long value,
      long durationMillis) {
    return new Reading(
        meter, channel, type, timeMillis, value, durationMillis, NO_SEQUENCE, Quality.VALID);
  }

  /** The measured quantity that this reading belongs to. */
  public MeterChannel meterChannel() {
    return new MeterChannel(meter, channel);
  }
}
