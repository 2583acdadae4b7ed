package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.util.VarInt;

/**
 * Where readings were added that no row shows yet.
 *
 * @param channel the meter channel
 * @param startMillis earliest start of the span of such a reading
 * @param firstMillis time of the first such reading
 * @param lastMillis time of the last such reading
 */
record DirtyRange(MeterChannel channel, long startMillis, long firstMillis, long lastMillis) {
  /** Deterministic coder. */
  static final class DirtyRangeCoder extends DeterministicCoder<DirtyRange> {
    @Override
    public void encode(DirtyRange range, OutputStream out) throws IOException {
      MeterChannelCoder.of().encode(range.channel, out);
      VarInt.encode(range.startMillis, out);
      VarInt.encode(range.firstMillis, out);
      VarInt.encode(range.lastMillis, out);
    }

    @Override
    public DirtyRange decode(InputStream in) throws IOException {
      return new DirtyRange(
          MeterChannelCoder.of().decode(in),
          VarInt.decodeLong(in),
          VarInt.decodeLong(in),
          VarInt.decodeLong(in));
    }
  }
}
