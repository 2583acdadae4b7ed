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

/** Deterministic coder of {@link GridSignal}. */
public final class GridSignalCoder extends DeterministicCoder<GridSignal> {
  private static final GridSignalCoder INSTANCE = new GridSignalCoder();

  private GridSignalCoder() {}

  public static GridSignalCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(GridSignal.class), INSTANCE);
  }

  @Override
  public void encode(GridSignal signal, OutputStream out) throws IOException {
    WireFormat.writeString(signal.source(), out);
    WireFormat.writeString(signal.area(), out);
    WireFormat.writeSigned(signal.startMillis(), out);
    WireFormat.writeSigned(signal.endMillis(), out);
    WireFormat.writeSigned(signal.knownMillis(), out);
    out.write(signal.stage().ordinal());
    VarInt.encode(signal.values().size(), out);
    for (GridValue value : signal.values()) {
      WireFormat.writeString(value.name(), out);
      out.write(value.kind().ordinal());
      out.write(value.unit().ordinal());
      WireFormat.writeSigned(value.value(), out);
    }
  }

  @Override
  public GridSignal decode(InputStream in) throws IOException {
    return new GridSignal(
        WireFormat.readString(in),
        WireFormat.readString(in),
        WireFormat.readSigned(in),
        WireFormat.readSigned(in),
        WireFormat.readSigned(in),
        GridStage.values()[in.read()],
        values(in));
  }

  private static List<GridValue> values(InputStream in) throws IOException {
    int size = VarInt.decodeInt(in);
    List<GridValue> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(
          new GridValue(
              WireFormat.readString(in),
              GridKind.values()[in.read()],
              GridUnit.values()[in.read()],
              WireFormat.readSigned(in)));
    }
    return values;
  }
}
