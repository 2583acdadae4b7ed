package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.ReadingBatchCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.util.VarInt;

/** Deterministic coder of {@link KafkaPoll}. */
final class KafkaPollCoder extends DeterministicCoder<KafkaPoll> {
  private static final KafkaPollCoder INSTANCE = new KafkaPollCoder();

  private KafkaPollCoder() {}

  static KafkaPollCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(KafkaPoll value, OutputStream out) throws IOException {
    ReadingBatchCoder.of().encode(value.readings(), out);
    VarInt.encode(value.bytes(), out);
  }

  @Override
  public KafkaPoll decode(InputStream in) throws IOException {
    return new KafkaPoll(ReadingBatchCoder.of().decode(in), VarInt.decodeLong(in));
  }
}
