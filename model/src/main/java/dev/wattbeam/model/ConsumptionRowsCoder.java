package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.util.VarInt;
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
    VarInt.encode(value.rows().size(), out);
    for (ConsumptionRow row : value.rows()) {
      ConsumptionRowCoder.of().encode(row, out);
    }
  }

  @Override
  public ConsumptionRows decode(InputStream in) throws IOException {
    int size = VarInt.decodeInt(in);
    List<ConsumptionRow> rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      rows.add(ConsumptionRowCoder.of().decode(in));
    }
    return new ConsumptionRows(rows);
  }
}
