package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.MeterChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Keeps the state of each bucket in one cell and hands changes on with each element. For Spark,
 * which has no event-time timers in streaming and rewrites a whole cell, be it a map, with each
 * access.
 *
 * <p>What touches readings that are known is handed on again. Beam 2.70.0 changes state in place:
 * where Spark repeats a part of a micro-batch, since a worker was lost, it may begin with the state
 * that a failed attempt has left, and the rows of that attempt are lost (docs/decisions/0009).
 */
final class ComputeAtOnceFn extends DoFn<KV<Integer, ReadingBlock>, ConsumptionRows> {
  private static final long serialVersionUID = 1L;

  private final MeterStep step;

  @StateId("bucket")
  private final StateSpec<ValueState<MeterBucket>> bucketSpec =
      StateSpecs.value(MeterBucket.MeterBucketCoder.of());

  ComputeAtOnceFn(MeterStep step) {
    this.step = step;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, ReadingBlock> element,
      @AlwaysFetched @StateId("bucket") ValueState<MeterBucket> state,
      MultiOutputReceiver out) {
    MeterBucket known = state.read();
    MeterBucket bucket = known == null ? MeterBucket.empty() : known.copy();
    MeterEngine engine =
        step.engine(
            element.getKey(),
            new MemoryStore<>(bucket.days()),
            new MemoryStore<>(bucket.extents()),
            new MemoryStore<>(bucket.months()),
            new MemoryStore<>(bucket.groupSums()));
    List<DirtyRange> dirty = new ArrayList<>();
    Set<MeterChannel> again = new HashSet<>();
    step.add(engine, element.getValue(), dirty::add, again::add, out);
    step.flush(engine, dirty, again, out);
    state.write(bucket);
  }
}
