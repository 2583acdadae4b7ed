package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Deterministic coder of {@link ReadingBatch}. */
public final class ReadingBatchCoder extends DeterministicCoder<ReadingBatch> {
  private static final ReadingBatchCoder INSTANCE = new ReadingBatchCoder();

  private ReadingBatchCoder() {}

  public static ReadingBatchCoder of() {
    return INSTANCE;
  }

  /** Found by Beam through {@code @DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(ReadingBatch.class), INSTANCE);
  }

  @Override
  public void encode(ReadingBatch value, OutputStream out) throws IOException {
    WireFormat.writeString(value.source(), out);
    VarInt.encode(value.partition(), out);
    WireFormat.writeSigned(value.clockMillis(), out);
    VarInt.encode(value.size(), out);
    VarInt.encode(value.channelCount(), out);
    for (int c = 0; c < value.channelCount(); c++) {
      MeterChannelCoder.of().encode(value.channelAt(c), out);
    }
    for (int i = 0; i < value.size(); i++) {
      VarInt.encode(value.channelOf[i], out);
      out.write(value.type[i]);
      WireFormat.writeSigned(value.time[i], out);
      out.write(value.local[i] ? 1 : 0);
      WireFormat.writeSigned(value.value[i], out);
      WireFormat.writeSigned(value.duration[i], out);
      WireFormat.writeSigned(value.sequence[i], out);
      out.write(value.quality[i]);
      WireFormat.writeSigned(value.position[i], out);
      WireFormat.writeSigned(value.known[i], out);
      WireFormat.writeBytes(value.payload[i], out);
    }
    VarInt.encode(value.rejected().size(), out);
    for (DeadLetter letter : value.rejected()) {
      DeadLetterCoder.of().encode(letter, out);
    }
  }

  @Override
  public ReadingBatch decode(InputStream in) throws IOException {
    String source = WireFormat.readString(in);
    int partition = VarInt.decodeInt(in);
    long clock = WireFormat.readSigned(in);
    int size = VarInt.decodeInt(in);
    MeterChannel[] channels = new MeterChannel[VarInt.decodeInt(in)];
    for (int c = 0; c < channels.length; c++) {
      channels[c] = MeterChannelCoder.of().decode(in);
    }
    ReadingBatch.Builder batch = new ReadingBatch.Builder(source, partition, clock, size);
    for (int i = 0; i < size; i++) {
      batch.add(
          channels[VarInt.decodeInt(in)],
          ReadingType.values()[in.read()],
          WireFormat.readSigned(in),
          in.read() == 1,
          WireFormat.readSigned(in),
          WireFormat.readSigned(in),
          WireFormat.readSigned(in),
          Quality.values()[in.read()],
          WireFormat.readSigned(in),
          WireFormat.readSigned(in),
          WireFormat.readBytes(in));
    }
    int rejected = VarInt.decodeInt(in);
    for (int i = 0; i < rejected; i++) {
      batch.reject(DeadLetterCoder.of().decode(in));
    }
    return batch.build();
  }
}
