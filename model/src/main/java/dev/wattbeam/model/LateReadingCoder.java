package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link LateReading}. */
public final class LateReadingCoder extends DeterministicCoder<LateReading> {
  private static final LateReadingCoder INSTANCE = new LateReadingCoder();

  private LateReadingCoder() {}

  public static LateReadingCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(LateReading.class), INSTANCE);
  }

  @Override
  public void encode(LateReading value, OutputStream out) throws IOException {
    ReadingCoder.of().encode(value.reading(), out);
    WireFormat.writeString(value.origin().source(), out);
    VarInt.encode(value.origin().partition(), out);
    WireFormat.writeSigned(value.origin().position(), out);
    WireFormat.writeSigned(value.latenessMillis(), out);
  }

  @Override
  public LateReading decode(InputStream in) throws IOException {
    return new LateReading(
        ReadingCoder.of().decode(in),
        new Origin(WireFormat.readString(in), VarInt.decodeInt(in), WireFormat.readSigned(in)),
        WireFormat.readSigned(in));
  }
}
