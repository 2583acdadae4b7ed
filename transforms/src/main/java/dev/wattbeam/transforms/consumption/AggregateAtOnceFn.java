package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.MeterDirectorySource;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** As {@link ComputeAtOnceFn}, for groups. */
final class AggregateAtOnceFn extends DoFn<KV<Integer, GroupUpdate>, ConsumptionRows> {
  private static final long serialVersionUID = 1L;

  private final MeterDirectorySource directory;

  @StateId("bucket")
  private final StateSpec<ValueState<GroupBucket>> bucketSpec =
      StateSpecs.value(GroupBucket.GroupBucketCoder.of());

  AggregateAtOnceFn(MeterDirectorySource directory) {
    this.directory = directory;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, GroupUpdate> element,
      @AlwaysFetched @StateId("bucket") ValueState<GroupBucket> state,
      OutputReceiver<ConsumptionRows> out) {
    GroupBucket known = state.read();
    GroupBucket bucket = known == null ? GroupBucket.empty() : known.copy();
    GroupEngine engine =
        new GroupEngine(
            directory.snapshot(),
            new MemoryStore<>(bucket.days()),
            new MemoryStore<>(bucket.months()));
    RowBuffer rows = new RowBuffer(out::output);
    // Also what is known: Spark may have kept the state of an attempt whose rows are lost.
    engine.flush(engine.add(element.getValue()), element.getValue().parts(), rows);
    rows.flush();
    state.write(bucket);
  }
}
