package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.util.VarInt;

/**
 * The readings of one bucket of meters in one bundle: what is shuffled.
 *
 * @param parts one set of readings per meter channel
 */
public record ReadingBlock(List<Part> parts) {
  public ReadingBlock {
    parts = List.copyOf(parts);
  }

  /** The readings of one meter channel. */
  public record Part(MeterChannel channel, ReadingSet readings) {}

  /** Collects the parts. */
  public static final class Builder {
    private final List<Part> parts = new ArrayList<>();

    /** Adds the readings of a channel. */
    public void add(MeterChannel channel, ReadingSet readings) {
      parts.add(new Part(channel, readings));
    }

    public ReadingBlock build() {
      return new ReadingBlock(parts);
    }
  }

  /** Deterministic coder. */
  public static final class ReadingBlockCoder extends DeterministicCoder<ReadingBlock> {
    private static final ReadingBlockCoder INSTANCE = new ReadingBlockCoder();

    private ReadingBlockCoder() {}

    public static ReadingBlockCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(ReadingBlock block, OutputStream out) throws IOException {
      VarInt.encode(block.parts.size(), out);
      for (Part part : block.parts) {
        MeterChannelCoder.of().encode(part.channel, out);
        ReadingSet.ReadingSetCoder.of().encode(part.readings, out);
      }
    }

    @Override
    public ReadingBlock decode(InputStream in) throws IOException {
      int size = VarInt.decodeInt(in);
      List<Part> parts = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        parts.add(
            new Part(
                MeterChannelCoder.of().decode(in), ReadingSet.ReadingSetCoder.of().decode(in)));
      }
      return new ReadingBlock(parts);
    }
  }
}
