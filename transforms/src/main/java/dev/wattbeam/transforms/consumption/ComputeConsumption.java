package dev.wattbeam.transforms.consumption;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.ConsumptionRowsCoder;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCoder;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Turns good readings into the rows of their meters: removes duplicates, runs the register state
 * machine, computes intervals, hours, local days and months. One key is a bucket of meters; the
 * work is done by {@link MeterEngine}.
 *
 * <p>Outputs: {@link #ROWS}, {@link #LATEST}, {@link #GROUP_UPDATES} and {@link #CONFLICTS}.
 */
public final class ComputeConsumption
    extends PTransform<PCollection<KV<Integer, ReadingBlock>>, PCollectionTuple> {
  /** Changed rows of meters. */
  public static final TupleTag<ConsumptionRows> ROWS = new TupleTag<>() {};

  /** Newest reading of each channel. */
  public static final TupleTag<Reading> LATEST = new TupleTag<>() {};

  /** What the buckets contribute to groups, by bucket of groups. */
  public static final TupleTag<KV<Integer, GroupUpdate>> GROUP_UPDATES = new TupleTag<>() {};

  /** Readings that stand against a preferred one of the same time. */
  public static final TupleTag<DeadLetter> CONFLICTS = new TupleTag<>() {};

  private final MeterStep step;
  private final Emission emission;

  private ComputeConsumption(MeterStep step, Emission emission) {
    this.step = step;
    this.emission = requireNonNull(emission, "emission");
  }

  /**
   * A computing step.
   *
   * @param allowedLatenessMillis how long readings are kept to be joined by late ones; {@link
   *     Long#MAX_VALUE} for ever
   * @param groupBuckets number of buckets that groups are hashed to; fixed for the life of a job
   */
  public static ComputeConsumption of(
      MeterDirectorySource directory,
      long allowedLatenessMillis,
      Emission emission,
      int groupBuckets,
      String pipelineName) {
    return new ComputeConsumption(
        new MeterStep(directory, allowedLatenessMillis, groupBuckets, pipelineName), emission);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<Integer, ReadingBlock>> blocks) {
    PCollectionTuple outputs =
        blocks.apply(
            "Compute",
            ParDo.of(
                    emission.when() == Emission.When.ELEMENT
                        ? new ComputeAtOnceFn(step)
                        : new ComputeOnTimersFn(step, emission))
                .withOutputTags(ROWS, TupleTagList.of(LATEST).and(GROUP_UPDATES).and(CONFLICTS)));
    outputs.get(ROWS).setCoder(ConsumptionRowsCoder.of());
    outputs.get(LATEST).setCoder(ReadingCoder.of());
    outputs.get(CONFLICTS).setCoder(DeadLetterCoder.of());
    outputs
        .get(GROUP_UPDATES)
        .setCoder(KvCoder.of(VarIntCoder.of(), GroupUpdate.GroupUpdateCoder.of()));
    return outputs;
  }
}
