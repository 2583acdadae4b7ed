package dev.wattbeam.io.archive;

import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.VarInt;

/** Deterministic coder of {@link ArchivedLine}. */
final class ArchivedLineCoder extends DeterministicCoder<ArchivedLine> {
  private static final long serialVersionUID = 1L;
  private static final ArchivedLineCoder INSTANCE = new ArchivedLineCoder();

  private ArchivedLineCoder() {}

  static ArchivedLineCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(ArchivedLine line, OutputStream out) throws IOException {
    StringUtf8Coder.of().encode(line.topic(), out);
    VarInt.encode(line.partition(), out);
    VarInt.encode(line.offset(), out);
    VarInt.encode(line.timestampMillis(), out);
    StringUtf8Coder.of().encode(line.json(), out);
  }

  @Override
  public ArchivedLine decode(InputStream in) throws IOException {
    return new ArchivedLine(
        StringUtf8Coder.of().decode(in),
        VarInt.decodeInt(in),
        VarInt.decodeLong(in),
        VarInt.decodeLong(in),
        StringUtf8Coder.of().decode(in));
  }
}
