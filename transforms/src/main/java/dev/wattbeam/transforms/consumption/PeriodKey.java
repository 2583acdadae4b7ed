package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.util.VarInt;

/**
 * Key of what is kept about one channel of a meter or group for one period.
 *
 * @param owner the meter (or group) and channel
 * @param number number of the UTC day since the epoch, or of the local month since year 0
 */
record PeriodKey(MeterChannel owner, int number) implements Comparable<PeriodKey> {
  @Override
  public int compareTo(PeriodKey other) {
    int byOwner = owner.compareTo(other.owner);
    return byOwner == 0 ? Integer.compare(number, other.number) : byOwner;
  }

  /** Deterministic coder. */
  static final class PeriodKeyCoder extends DeterministicCoder<PeriodKey> {
    @Override
    public void encode(PeriodKey key, OutputStream out) throws IOException {
      MeterChannelCoder.of().encode(key.owner, out);
      VarInt.encode(key.number, out);
    }

    @Override
    public PeriodKey decode(InputStream in) throws IOException {
      return new PeriodKey(MeterChannelCoder.of().decode(in), VarInt.decodeInt(in));
    }
  }
}
