package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link DeadLetter}. */
public final class DeadLetterCoder extends DeterministicCoder<DeadLetter> {
  private static final DeadLetterCoder INSTANCE = new DeadLetterCoder();

  private DeadLetterCoder() {}

  public static DeadLetterCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(DeadLetter.class), INSTANCE);
  }

  @Override
  public void encode(DeadLetter value, OutputStream out) throws IOException {
    WireFormat.writeString(value.pipeline(), out);
    WireFormat.writeString(value.step(), out);
    out.write(value.code().ordinal());
    WireFormat.writeString(value.message(), out);
    WireFormat.writeString(value.payload(), out);
    WireFormat.writeString(value.origin().source(), out);
    VarInt.encode(value.origin().partition(), out);
    WireFormat.writeSigned(value.origin().position(), out);
    WireFormat.writeSigned(value.timeMillis(), out);
  }

  @Override
  public DeadLetter decode(InputStream in) throws IOException {
    return new DeadLetter(
        WireFormat.readString(in),
        WireFormat.readString(in),
        DeadLetterCode.values()[in.read()],
        WireFormat.readString(in),
        WireFormat.readString(in),
        new Origin(WireFormat.readString(in), VarInt.decodeInt(in), WireFormat.readSigned(in)),
        WireFormat.readSigned(in));
  }
}
