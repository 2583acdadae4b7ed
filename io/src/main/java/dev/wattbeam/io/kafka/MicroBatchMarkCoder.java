package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeterministicCoder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Deterministic coder of {@link MicroBatchMark}; what it writes lives in Spark's checkpoints. */
final class MicroBatchMarkCoder extends DeterministicCoder<MicroBatchMark> {
  private static final MicroBatchMarkCoder INSTANCE = new MicroBatchMarkCoder();

  private MicroBatchMarkCoder() {}

  static MicroBatchMarkCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(MicroBatchMark mark, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeLong(mark.number());
    data.writeLong(mark.start());
    data.writeLong(mark.end());
    data.writeLong(mark.clock());
    data.flush();
  }

  @Override
  public MicroBatchMark decode(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    MicroBatchMark mark =
        new MicroBatchMark(data.readLong(), data.readLong(), data.readLong(), data.readLong());
    MicroBatchTurn.beginsAt(mark);
    return mark;
  }
}
