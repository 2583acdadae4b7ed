package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.EncodedList;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The readings of one bucket of meters in one bundle: what is shuffled.
 *
 * @param parts one set of readings per meter channel
 */
public record ReadingBlock(List<Part> parts) {
  public ReadingBlock {
    parts = EncodedList.copyOf(parts, PartCoder.INSTANCE);
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
      EncodedList.encode(block.parts, out);
    }

    @Override
    public ReadingBlock decode(InputStream in) throws IOException {
      return new ReadingBlock(EncodedList.decode(PartCoder.INSTANCE, in));
    }
  }

  static final class PartCoder extends DeterministicCoder<Part> {
    static final PartCoder INSTANCE = new PartCoder();

    @Override
    public void encode(Part part, OutputStream out) throws IOException {
      MeterChannelCoder.of().encode(part.channel, out);
      ReadingSet.ReadingSetCoder.of().encode(part.readings, out);
    }

    @Override
    public Part decode(InputStream in) throws IOException {
      return new Part(
          MeterChannelCoder.of().decode(in), ReadingSet.ReadingSetCoder.of().decode(in));
    }
  }
}
