package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * A topic as an unbounded source for a runner that works in micro-batches and, after a failure,
 * computes some of them again: Spark. There {@link KafkaPollSource} would give a repeated
 * micro-batch other messages than at first, and those in between would be lost to the workers that
 * survived. Here the end of each micro-batch is decided one micro-batch before, and remembered in
 * Kafka.
 *
 * <p>Each split is one partition; each micro-batch is one element, or none.
 */
final class MicroBatchSource extends UnboundedSource<KafkaPoll, MicroBatchMark> {
  private static final long serialVersionUID = 1L;

  private final KafkaConfig config;
  private final ClockLimits limits;
  private final String pipelineName;

  /** Tells the micro-batches of this job, which survive a restart of it, from those of others. */
  private final String job;

  /** The partition that this source reads; -1 before the split. */
  private final int partition;

  MicroBatchSource(KafkaConfig config, ClockLimits limits, String pipelineName) {
    this(config, limits, pipelineName, UUID.randomUUID().toString(), -1);
  }

  private MicroBatchSource(
      KafkaConfig config, ClockLimits limits, String pipelineName, String job, int partition) {
    this.config = requireNonNull(config, "config");
    this.limits = requireNonNull(limits, "limits");
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
    this.job = job;
    this.partition = partition;
  }

  /** One split per partition, however many are desired. */
  @Override
  public List<MicroBatchSource> split(int desiredNumSplits, PipelineOptions options)
      throws IOException {
    if (partition >= 0) {
      return List.of(this);
    }
    try (Consumer<Void, byte[]> consumer = Consumers.open(config)) {
      return Arrays.stream(Consumers.partitions(config, consumer))
          .mapToObj(number -> new MicroBatchSource(config, limits, pipelineName, job, number))
          .toList();
    }
  }

  @Override
  public MicroBatchReader createReader(PipelineOptions options, MicroBatchMark mark) {
    if (partition < 0) {
      throw new IllegalStateException("The source was not split into partitions");
    }
    return new MicroBatchReader(this, config, limits, pipelineName, job, partition);
  }

  @Override
  public Coder<MicroBatchMark> getCheckpointMarkCoder() {
    MicroBatchTurn.begins();
    return MicroBatchMarkCoder.of();
  }

  @Override
  public Coder<KafkaPoll> getOutputCoder() {
    return KafkaPollCoder.of();
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("topic", config.topic()))
        .add(DisplayData.item("bootstrapServers", config.bootstrapServers()))
        .add(DisplayData.item("partition", partition));
  }
}
