package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.util.VarInt;

/**
 * Which days and months the state holds for one meter channel.
 *
 * @param firstDay first UTC day with readings
 * @param lastDay last UTC day with readings
 * @param newestMillis time of the newest reading, epoch milliseconds
 * @param firstMonth first local month with days
 */
record ChannelExtent(int firstDay, int lastDay, long newestMillis, int firstMonth) {
  /** This extent widened by readings of one day. */
  static ChannelExtent widen(ChannelExtent extent, int day, long newestMillis, int month) {
    return extent == null
        ? new ChannelExtent(day, day, newestMillis, month)
        : new ChannelExtent(
            Math.min(extent.firstDay, day),
            Math.max(extent.lastDay, day),
            Math.max(extent.newestMillis, newestMillis),
            Math.min(extent.firstMonth, month));
  }

  /** Deterministic coder. */
  static final class ChannelExtentCoder extends DeterministicCoder<ChannelExtent> {
    @Override
    public void encode(ChannelExtent extent, OutputStream out) throws IOException {
      VarInt.encode(extent.firstDay, out);
      VarInt.encode(extent.lastDay, out);
      VarInt.encode(extent.newestMillis, out);
      VarInt.encode(extent.firstMonth, out);
    }

    @Override
    public ChannelExtent decode(InputStream in) throws IOException {
      return new ChannelExtent(
          VarInt.decodeInt(in), VarInt.decodeInt(in), VarInt.decodeLong(in), VarInt.decodeInt(in));
    }
  }
}
