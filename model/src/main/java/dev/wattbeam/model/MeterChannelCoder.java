package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link MeterChannel}. */
public final class MeterChannelCoder extends DeterministicCoder<MeterChannel> {
  private static final MeterChannelCoder INSTANCE = new MeterChannelCoder();

  private MeterChannelCoder() {}

  public static MeterChannelCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(MeterChannel.class), INSTANCE);
  }

  @Override
  public void encode(MeterChannel value, OutputStream out) throws IOException {
    WireFormat.writeString(value.meter(), out);
    WireFormat.writeString(value.channel(), out);
  }

  @Override
  public MeterChannel decode(InputStream in) throws IOException {
    return new MeterChannel(WireFormat.readString(in), WireFormat.readString(in));
  }
}
