package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingIntake;
import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.transforms.consumption.GroupUpdate;
import dev.wattbeam.transforms.consumption.GroupsInMemory;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Computes the rows of the groups of one task, after each flush of the meters. */
final class AddUpGroups extends AbstractStreamOperator<ConsumptionRow>
    implements OneInputStreamOperator<Tuple2<Integer, GroupUpdate>, ConsumptionRow> {
  private static final long serialVersionUID = 1L;

  private final ContenderOptions options;
  private transient GroupsInMemory groups;

  AddUpGroups(ContenderOptions options) {
    this.options = options;
    chainingStrategy = ChainingStrategy.ALWAYS;
  }

  @Override
  public void open() throws Exception {
    super.open();
    groups =
        new GroupsInMemory(PostgresMeterDirectory.of(ReadingIntake.postgres(options)).snapshot());
  }

  @Override
  public void processElement(StreamRecord<Tuple2<Integer, GroupUpdate>> element) {
    groups.add(element.getValue().f1);
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    groups.flush(row -> output.collect(new StreamRecord<>(row)));
    super.processWatermark(watermark);
  }
}
