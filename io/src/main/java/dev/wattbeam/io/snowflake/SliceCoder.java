package dev.wattbeam.io.snowflake;

import dev.wattbeam.io.postgres.TableSlices.Slice;
import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.VarInt;

/** Deterministic coder of {@link Slice}. */
final class SliceCoder extends DeterministicCoder<Slice> {
  private static final long serialVersionUID = 1L;
  private static final SliceCoder INSTANCE = new SliceCoder();

  private SliceCoder() {}

  static SliceCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(Slice slice, OutputStream out) throws IOException {
    StringUtf8Coder.of().encode(slice.table(), out);
    StringUtf8Coder.of().encode(slice.relation(), out);
    StringUtf8Coder.of().encode(slice.partition(), out);
    VarInt.encode(slice.begin(), out);
    VarInt.encode(slice.end(), out);
  }

  @Override
  public Slice decode(InputStream in) throws IOException {
    return new Slice(
        StringUtf8Coder.of().decode(in),
        StringUtf8Coder.of().decode(in),
        StringUtf8Coder.of().decode(in),
        VarInt.decodeLong(in),
        VarInt.decodeLong(in));
  }
}
