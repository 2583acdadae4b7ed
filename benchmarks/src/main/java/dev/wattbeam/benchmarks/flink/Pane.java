package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.PaneStats;
import java.io.IOException;
import org.apache.flink.api.common.functions.ReduceFunction;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Statistics of one meter and span of time: what is shuffled. */
record Pane(String meter, long startMillis, int count, long min, long max, long sum) {
  static final OwnType<Pane> TYPE = new OwnType<>(Pane.class, new PaneSerializer());

  static Pane of(String meter, long startMillis, PaneStats stats) {
    return new Pane(meter, startMillis, stats.count(), stats.min(), stats.max(), stats.sum());
  }

  /** Joins two parts of one span. */
  static final class Join implements ReduceFunction<Pane> {
    private static final long serialVersionUID = 1L;

    @Override
    public Pane reduce(Pane a, Pane b) {
      return new Pane(
          a.meter,
          a.startMillis,
          a.count + b.count,
          Math.min(a.min, b.min),
          Math.max(a.max, b.max),
          a.sum + b.sum);
    }
  }

  private static final class PaneSerializer extends OwnSerializer<Pane> {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Pane pane, DataOutputView target) throws IOException {
      target.writeUTF(pane.meter);
      target.writeLong(pane.startMillis);
      target.writeInt(pane.count);
      target.writeLong(pane.min);
      target.writeLong(pane.max);
      target.writeLong(pane.sum);
    }

    @Override
    public Pane deserialize(DataInputView source) throws IOException {
      return new Pane(
          source.readUTF(),
          source.readLong(),
          source.readInt(),
          source.readLong(),
          source.readLong(),
          source.readLong());
    }
  }
}
