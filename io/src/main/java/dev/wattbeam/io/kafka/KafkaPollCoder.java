package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCoder;
import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
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
    VarInt.encode(value.deadLetters().size(), out);
    for (DeadLetter deadLetter : value.deadLetters()) {
      DeadLetterCoder.of().encode(deadLetter, out);
    }
    VarInt.encode(value.bytes(), out);
  }

  @Override
  public KafkaPoll decode(InputStream in) throws IOException {
    ReadingBatch readings = ReadingBatchCoder.of().decode(in);
    int size = VarInt.decodeInt(in);
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      deadLetters.add(DeadLetterCoder.of().decode(in));
    }
    return new KafkaPoll(readings, deadLetters, VarInt.decodeLong(in));
  }
}
