package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeterministicCoder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Deterministic coder of {@link KafkaMark}. Checkpoints and savepoints hold what it writes, so it
 * begins with a version; a later form has to read the earlier ones.
 */
final class KafkaMarkCoder extends DeterministicCoder<KafkaMark> {
  private static final KafkaMarkCoder INSTANCE = new KafkaMarkCoder();
  private static final int VERSION = 1;

  private KafkaMarkCoder() {}

  static KafkaMarkCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(KafkaMark mark, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeByte(VERSION);
    data.writeLong(mark.watermark());
    data.writeInt(mark.size());
    for (int i = 0; i < mark.size(); i++) {
      data.writeInt(mark.partition(i));
      data.writeLong(mark.nextOffset(i));
      data.writeLong(mark.clock(i));
    }
    data.flush();
  }

  @Override
  public KafkaMark decode(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    int version = data.readByte();
    if (version != VERSION) {
      throw new IOException(
          "The checkpoint of the Kafka source has version "
              + version
              + "; this version of WattBeam reads "
              + VERSION);
    }
    long watermark = data.readLong();
    int size = data.readInt();
    int[] partitions = new int[size];
    long[] nextOffsets = new long[size];
    long[] clocks = new long[size];
    for (int i = 0; i < size; i++) {
      partitions[i] = data.readInt();
      nextOffsets[i] = data.readLong();
      clocks[i] = data.readLong();
    }
    return new KafkaMark(partitions, nextOffsets, clocks, watermark, mark -> {});
  }
}
