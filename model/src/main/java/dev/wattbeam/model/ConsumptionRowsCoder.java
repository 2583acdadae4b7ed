package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link ConsumptionRows}. */
public final class ConsumptionRowsCoder extends DeterministicCoder<ConsumptionRows> {
  private static final ConsumptionRowsCoder INSTANCE = new ConsumptionRowsCoder();

  private ConsumptionRowsCoder() {}

  public static ConsumptionRowsCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(ConsumptionRows.class), INSTANCE);
  }

  @Override
  public void encode(ConsumptionRows value, OutputStream out) throws IOException {
    EncodedList.encode(value.rows(), out);
  }

  @Override
  public ConsumptionRows decode(InputStream in) throws IOException {
    return new ConsumptionRows(EncodedList.decode(ConsumptionRowCoder.of(), in));
  }
}
