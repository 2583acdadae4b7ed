package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCoder;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridSignalCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Reads a Kafka topic of grid signals (docs/grid-signals.md): the signals, and a dead letter for
 * each message that is none. Offsets are committed after the runner's checkpoint is durable, never
 * by a bounded read.
 *
 * <p>The signals have no event time to wait for, so the watermark stays at the start until a
 * bounded read ends.
 *
 * <p>Metrics, in the namespace {@link ReadReadings#METRICS}: counters {@code grid_signals}, {@code
 * dead_letters_<CODE>}.
 */
public final class ReadGridSignals
    extends PTransform<PBegin, WithFailures.Result<PCollection<GridSignal>, DeadLetter>> {
  /** Name of this step in dead letters. */
  public static final String STEP = "ReadGridSignals";

  private static final long serialVersionUID = 1L;

  private final KafkaConfig config;
  private final String pipelineName;

  private ReadGridSignals(KafkaConfig config, String pipelineName) {
    this.config = requireNonNull(config, "config");
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /**
   * Reads the topic of a configuration.
   *
   * @param config its reader has to be {@link KafkaConfig.KafkaReader#POLL}
   * @param pipelineName name in dead letters
   */
  public static ReadGridSignals from(KafkaConfig config, String pipelineName) {
    if (config.reader() != KafkaConfig.KafkaReader.POLL) {
      throw new IllegalArgumentException(
          "Grid signals are read by the own source only, not by "
              + config.reader()
              + "; use --kafkaReader=poll, on Spark with --kafkaBounded=true");
    }
    return new ReadGridSignals(config, pipelineName);
  }

  @Override
  public WithFailures.Result<PCollection<GridSignal>, DeadLetter> expand(PBegin input) {
    TupleTag<GridSignal> signals = new TupleTag<>("signals");
    TupleTag<DeadLetter> deadLetters = new TupleTag<>("deadLetters");
    PollFormat<GridPoll> format = new GridPoll.Format(pipelineName);
    PCollection<GridPoll> polls =
        config.bounded()
            ? input.apply(
                "PollKafkaToEnd",
                Read.from(new KafkaRangeSource<>(config, ClockLimits.NO_CLOCK, format)))
            : input.apply(
                "PollKafka",
                Read.from(new KafkaPollSource<>(config, ClockLimits.NO_CLOCK, format)));
    PCollectionTuple outputs =
        polls.apply(
            "SplitPolls",
            ParDo.of(new SplitPollsFn(deadLetters))
                .withOutputTags(signals, TupleTagList.of(deadLetters)));
    return WithFailures.Result.of(
        outputs.get(signals).setCoder(GridSignalCoder.of()),
        outputs.get(deadLetters).setCoder(DeadLetterCoder.of()));
  }

  private static final class SplitPollsFn extends DoFn<GridPoll, GridSignal> {
    private static final long serialVersionUID = 1L;

    private final TupleTag<DeadLetter> deadLetters;
    private final Counter signals = Metrics.counter(ReadReadings.METRICS, "grid_signals");

    private SplitPollsFn(TupleTag<DeadLetter> deadLetters) {
      this.deadLetters = deadLetters;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      GridPoll poll = context.element();
      signals.inc(poll.signals().size());
      poll.signals().forEach(context::output);
      for (DeadLetter letter : poll.deadLetters()) {
        Metrics.counter(ReadReadings.METRICS, "dead_letters_" + letter.code()).inc();
        context.output(deadLetters, letter);
      }
    }
  }
}
