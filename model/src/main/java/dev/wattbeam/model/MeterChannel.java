package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import org.apache.beam.sdk.coders.DefaultCoder;

/** One measured quantity of one meter, such as {@code import} of {@code m000123}. */
@DefaultCoder(MeterChannelCoder.class)
public record MeterChannel(String meter, String channel) implements Comparable<MeterChannel> {
  public MeterChannel {
    requireNonNull(meter, "meter");
    requireNonNull(channel, "channel");
  }

  @Override
  public int compareTo(MeterChannel other) {
    int byMeter = meter.compareTo(other.meter);
    return byMeter != 0 ? byMeter : channel.compareTo(other.channel);
  }
}
