package dev.wattbeam.transforms.quality;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import java.util.EnumMap;
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

  /** Rejected readings, and the messages that were none. */
  public static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  /** Bounds the memory of a bundle: in a bounded run that is all that a worker reads. */
  private static final int MOST_READINGS = 2_000_000;

  private final MeterDirectorySource directory;
  private final ReadingLimits limits;
  private final int buckets;
  private final String pipelineName;
  private final int mostReadings;

  private ValidateReadings(
      MeterDirectorySource directory,
      ReadingLimits limits,
      int buckets,
      String pipelineName,
      int mostReadings) {
    this.directory = requireNonNull(directory, "directory");
    this.limits = requireNonNull(limits, "limits");
    this.buckets = buckets;
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
    this.mostReadings = mostReadings;
  }

  /**
   * A validation step.
   *
   * @param buckets number of buckets that meters are hashed to; fixed for the life of a job's state
   * @param pipelineName for the dead letters
   */
  public static ValidateReadings of(
      MeterDirectorySource directory, ReadingLimits limits, int buckets, String pipelineName) {
    return new ValidateReadings(directory, limits, buckets, pipelineName, MOST_READINGS);
  }

  /** The same step, which hands its readings on as soon as it has so many. */
  ValidateReadings withMostReadings(int readings) {
    return new ValidateReadings(directory, limits, buckets, pipelineName, readings);
  }

  @Override
  public PCollectionTuple expand(PCollection<ReadingBatch> batches) {
    PCollectionTuple outputs =
        batches.apply(
            "Validate",
            ParDo.of(new ValidateFn(this))
                .withOutputTags(GOOD, TupleTagList.of(LATE).and(DEAD_LETTERS)));
    outputs.get(GOOD).setCoder(KvCoder.of(VarIntCoder.of(), ReadingBlock.ReadingBlockCoder.of()));
    return outputs;
  }

  private static final class ValidateFn extends DoFn<ReadingBatch, KV<Integer, ReadingBlock>> {
    private final ValidateReadings step;
    private final Counter duplicates = Metrics.counter("wattbeam", "duplicates");
    private final Counter late = Metrics.counter("wattbeam", "late");
    private transient Map<DeadLetterCode, Counter> deadLetters;
    private transient ReadingValidator validator;
    private transient Instant earliest;

    ValidateFn(ValidateReadings step) {
      this.step = step;
    }

    @StartBundle
    public void startBundle() {
      validator = new ReadingValidator(step.limits, step.buckets, step.pipelineName);
      deadLetters = new EnumMap<>(DeadLetterCode.class);
      earliest = null;
    }

    @ProcessElement
    public void process(
        @Element ReadingBatch batch, @Timestamp Instant timestamp, MultiOutputReceiver out) {
      if (earliest == null || timestamp.isBefore(earliest)) {
        earliest = timestamp;
      }
      batch.rejected().forEach(out.get(DEAD_LETTERS)::output);
      validator.add(
          batch,
          step.directory.snapshot(),
          new ReadingValidator.Output() {
            @Override
            public void late(LateReading reading) {
              late.inc();
              out.get(LATE).output(reading);
            }

            @Override
            public void rejected(DeadLetter letter) {
              count(letter.code());
              out.get(DEAD_LETTERS).output(letter);
            }
          });
      if (validator.size() >= step.mostReadings) {
        validator
            .takeBlocks()
            .forEach((bucket, block) -> out.get(GOOD).output(KV.of(bucket, block)));
      }
    }

    private void count(DeadLetterCode code) {
      deadLetters
          .computeIfAbsent(code, key -> Metrics.counter("wattbeam", "dead_letters_" + key))
          .inc();
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      validator
          .takeBlocks()
          .forEach(
              (bucket, block) ->
                  context.output(GOOD, KV.of(bucket, block), earliest, GlobalWindow.INSTANCE));
      duplicates.inc(validator.duplicates());
      validator = null;
    }
  }
}
