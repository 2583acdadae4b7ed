package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link Reading}. */
public final class ReadingCoder extends DeterministicCoder<Reading> {
  private static final ReadingCoder INSTANCE = new ReadingCoder();

  private ReadingCoder() {}

  public static ReadingCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(Reading.class), INSTANCE);
  }

  @Override
  public void encode(Reading value, OutputStream out) throws IOException {
    WireFormat.writeString(value.meter(), out);
    WireFormat.writeString(value.channel(), out);
    out.write(value.type().ordinal());
    WireFormat.writeSigned(value.timeMillis(), out);
    WireFormat.writeSigned(value.value(), out);
    WireFormat.writeSigned(value.durationMillis(), out);
    WireFormat.writeSigned(value.sequence(), out);
    out.write(value.quality().ordinal());
  }

  @Override
  public Reading decode(InputStream in) throws IOException {
    return new Reading(
        WireFormat.readString(in),
        WireFormat.readString(in),
        ReadingType.values()[in.read()],
        WireFormat.readSigned(in),
        WireFormat.readSigned(in),
        WireFormat.readSigned(in),
        WireFormat.readSigned(in),
        Quality.values()[in.read()]);
  }
}
