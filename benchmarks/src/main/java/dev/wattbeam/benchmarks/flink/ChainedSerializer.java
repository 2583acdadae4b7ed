package dev.wattbeam.benchmarks.flink;

import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Of objects that never leave their task, since the operators that pass them on are chained. */
final class ChainedSerializer<T> extends OwnSerializer<T> {
  private static final long serialVersionUID = 1L;

  static <T> OwnType<T> type(Class<T> typeClass) {
    return new OwnType<>(typeClass, new ChainedSerializer<>());
  }

  @Override
  public void serialize(T record, DataOutputView target) {
    throw new IllegalStateException("These operators should be chained");
  }

  @Override
  public T deserialize(DataInputView source) {
    throw new IllegalStateException("These operators should be chained");
  }
}
