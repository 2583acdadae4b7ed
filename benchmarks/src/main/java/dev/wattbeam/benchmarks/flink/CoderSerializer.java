package dev.wattbeam.benchmarks.flink;

import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.api.java.typeutils.runtime.DataOutputViewStream;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serialises what the product has a coder for. */
final class CoderSerializer<T> extends OwnSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final Coder<T> coder;

  private CoderSerializer(Coder<T> coder) {
    this.coder = coder;
  }

  static <T> OwnType<T> type(Class<T> typeClass, Coder<T> coder) {
    return new OwnType<>(typeClass, new CoderSerializer<>(coder));
  }

  @Override
  public void serialize(T record, DataOutputView target) throws IOException {
    coder.encode(record, new DataOutputViewStream(target));
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return coder.decode(new DataInputViewStream(source));
  }
}
