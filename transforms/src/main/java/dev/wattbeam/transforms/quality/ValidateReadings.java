package dev.wattbeam.transforms.quality;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.consumption.ReadingSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;

/**
 * Judges each reading by itself and hands on the good ones, packed into one block per bucket of
 * meters and bundle, so that what is shuffled are few large elements.
 *
 * <p>Outputs: {@link #GOOD}, {@link #LATE} and {@link #DEAD_LETTERS}.
 */
public final class ValidateReadings
    extends PTransform<PCollection<ReadingBatch>, PCollectionTuple> {
  /** Good readings: one block per bucket and bundle. */
  public static final TupleTag<KV<Integer, ReadingBlock>> GOOD = new TupleTag<>() {};

  /** Good readings that came after the allowed lateness. */
  public static final TupleTag<LateReading> LATE = new TupleTag<>() {};

  /** Rejected readings. */
  public static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private final MeterDirectorySource directory;
  private final ReadingLimits limits;
  private final int buckets;
  private final String pipelineName;

  private ValidateReadings(
      MeterDirectorySource directory, ReadingLimits limits, int buckets, String pipelineName) {
    this.directory = requireNonNull(directory, "directory");
    this.limits = requireNonNull(limits, "limits");
    this.buckets = buckets;
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /**
   * A validation step.
   *
   * @param buckets number of buckets that meters are hashed to; fixed for the life of a job's state
   * @param pipelineName for the dead letters
   */
  public static ValidateReadings of(
      MeterDirectorySource directory, ReadingLimits limits, int buckets, String pipelineName) {
    return new ValidateReadings(directory, limits, buckets, pipelineName);
  }

  @Override
  public PCollectionTuple expand(PCollection<ReadingBatch> batches) {
    PCollectionTuple outputs =
        batches.apply(
            "Validate",
            ParDo.of(new ValidateFn(directory, limits, buckets, pipelineName))
                .withOutputTags(GOOD, TupleTagList.of(LATE).and(DEAD_LETTERS)));
    outputs.get(GOOD).setCoder(KvCoder.of(VarIntCoder.of(), ReadingBlock.ReadingBlockCoder.of()));
    return outputs;
  }

  private static final class ValidateFn extends DoFn<ReadingBatch, KV<Integer, ReadingBlock>> {
    private static final String STEP = "ValidateReadings";

    private final MeterDirectorySource directory;
    private final ReadingLimits limits;
    private final int buckets;
    private final String pipelineName;
    private final Counter duplicates = Metrics.counter("wattbeam", "duplicates");
    private final Counter late = Metrics.counter("wattbeam", "late");
    private transient Map<DeadLetterCode, Counter> deadLetters;
    private transient Map<MeterChannel, ReadingSet.Builder> good;
    private transient Instant earliest;

    ValidateFn(
        MeterDirectorySource directory, ReadingLimits limits, int buckets, String pipelineName) {
      this.directory = directory;
      this.limits = limits;
      this.buckets = buckets;
      this.pipelineName = pipelineName;
    }

    @StartBundle
    public void startBundle() {
      good = new HashMap<>();
      deadLetters = new EnumMap<>(DeadLetterCode.class);
      earliest = null;
    }

    @ProcessElement
    public void process(
        @Element ReadingBatch batch, @Timestamp Instant timestamp, MultiOutputReceiver out) {
      if (earliest == null || timestamp.isBefore(earliest)) {
        earliest = timestamp;
      }
      ReadingRules rules = new ReadingRules(limits, directory.snapshot(), batch);
      ReadingSet.Builder[] sets = new ReadingSet.Builder[batch.channelCount()];
      for (int i = 0; i < batch.size(); i++) {
        if (!rules.check(i)) {
          reject(batch, i, rules, out);
        } else if (rules.lateness() > 0) {
          keepAside(batch, i, rules, out);
        } else {
          int channel = batch.channelIndex(i);
          ReadingSet.Builder set = sets[channel];
          if (set == null) {
            set = good.computeIfAbsent(batch.channelAt(channel), key -> new ReadingSet.Builder());
            sets[channel] = set;
          }
          set.add(
              rules.time(), rules.value(), batch.duration(i), batch.sequence(i), batch.quality(i));
        }
      }
    }

    private void reject(ReadingBatch batch, int i, ReadingRules rules, MultiOutputReceiver out) {
      deadLetters
          .computeIfAbsent(
              rules.code(), code -> Metrics.counter("wattbeam", "dead_letters_" + code))
          .inc();
      out.get(DEAD_LETTERS)
          .output(
              new DeadLetter(
                  pipelineName,
                  STEP,
                  rules.code(),
                  rules.message(),
                  batch.payload(i),
                  batch.origin(i),
                  batch.known(i)));
    }

    private void keepAside(ReadingBatch batch, int i, ReadingRules rules, MultiOutputReceiver out) {
      late.inc();
      MeterChannel id = batch.channel(i);
      Reading reading =
          new Reading(
              id.meter(),
              id.channel(),
              batch.type(i),
              rules.time(),
              rules.value(),
              batch.duration(i),
              batch.sequence(i),
              batch.quality(i));
      out.get(LATE).output(new LateReading(reading, batch.origin(i), rules.lateness()));
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      Map<Integer, ReadingBlock.Builder> blocks = new HashMap<>();
      good.forEach(
          (channel, builder) -> {
            ReadingSet set = builder.build();
            duplicates.inc(builder.duplicates());
            blocks
                .computeIfAbsent(bucketOf(channel), bucket -> new ReadingBlock.Builder())
                .add(channel, set);
          });
      blocks.forEach(
          (bucket, block) ->
              context.output(GOOD, KV.of(bucket, block.build()), earliest, GlobalWindow.INSTANCE));
      good = null;
    }

    /** All channels of one meter go to one bucket. */
    private int bucketOf(MeterChannel channel) {
      int hash = channel.meter().hashCode() * 0x9E3779B1;
      return Math.floorMod(hash ^ (hash >>> 16), buckets);
    }
  }
}
