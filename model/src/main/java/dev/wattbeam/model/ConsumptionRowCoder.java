package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link ConsumptionRow}. */
public final class ConsumptionRowCoder extends DeterministicCoder<ConsumptionRow> {
  private static final ConsumptionRowCoder INSTANCE = new ConsumptionRowCoder();

  private ConsumptionRowCoder() {}

  public static ConsumptionRowCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(ConsumptionRow.class), INSTANCE);
  }

  @Override
  public void encode(ConsumptionRow value, OutputStream out) throws IOException {
    out.write(value.ownerKind().ordinal());
    WireFormat.writeString(value.owner(), out);
    WireFormat.writeString(value.channel(), out);
    out.write(value.level().ordinal());
    WireFormat.writeSigned(value.startMillis(), out);
    WireFormat.writeSigned(value.endMillis() - value.startMillis(), out);
    ConsumptionCoder.of().encode(value.consumption(), out);
  }

  @Override
  public ConsumptionRow decode(InputStream in) throws IOException {
    ConsumptionRow.OwnerKind kind = ConsumptionRow.OwnerKind.values()[in.read()];
    String owner = WireFormat.readString(in);
    String channel = WireFormat.readString(in);
    Level level = Level.values()[in.read()];
    long start = WireFormat.readSigned(in);
    long end = start + WireFormat.readSigned(in);
    return new ConsumptionRow(
        kind, owner, channel, level, start, end, ConsumptionCoder.of().decode(in));
  }
}
