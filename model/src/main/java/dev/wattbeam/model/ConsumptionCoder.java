package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link Consumption}. */
public final class ConsumptionCoder extends DeterministicCoder<Consumption> {
  private static final ConsumptionCoder INSTANCE = new ConsumptionCoder();

  private ConsumptionCoder() {}

  public static ConsumptionCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(Consumption.class), INSTANCE);
  }

  @Override
  public void encode(Consumption value, OutputStream out) throws IOException {
    WireFormat.writeSigned(value.energyMj(), out);
    VarInt.encode(value.coveredMillis(), out);
    VarInt.encode(value.expectedMillis(), out);
    WireFormat.writeSigned(value.minPower(), out);
    WireFormat.writeSigned(value.maxPower() - value.minPower(), out);
    VarInt.encode(value.samples(), out);
    VarInt.encode(value.flags(), out);
    value.quality().encode(out);
    VarInt.encode(value.revision(), out);
  }

  @Override
  public Consumption decode(InputStream in) throws IOException {
    long energyMj = WireFormat.readSigned(in);
    long coveredMillis = VarInt.decodeLong(in);
    long expectedMillis = VarInt.decodeLong(in);
    long minPower = WireFormat.readSigned(in);
    long maxPower = minPower + WireFormat.readSigned(in);
    long samples = VarInt.decodeLong(in);
    int flags = VarInt.decodeInt(in);
    return new Consumption(
        energyMj,
        coveredMillis,
        expectedMillis,
        minPower,
        maxPower,
        samples,
        flags,
        QualityMix.decode(in),
        VarInt.decodeLong(in));
  }
}
