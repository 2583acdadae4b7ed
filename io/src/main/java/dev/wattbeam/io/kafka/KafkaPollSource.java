package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * A topic as an unbounded source whose elements are whole polls of a partition, parsed: a runner's
 * cost is per element, so elements have to be few and large.
 */
final class KafkaPollSource<T> extends UnboundedSource<T, KafkaMark> {
  private static final long serialVersionUID = 1L;

  private final KafkaConfig config;
  private final ClockLimits limits;
  private final PollFormat<T> format;
  private final int split;
  private final int splits;

  KafkaPollSource(KafkaConfig config, ClockLimits limits, PollFormat<T> format) {
    this(config, limits, format, 0, 1);
  }

  private KafkaPollSource(
      KafkaConfig config, ClockLimits limits, PollFormat<T> format, int split, int splits) {
    this.config = requireNonNull(config, "config");
    this.limits = requireNonNull(limits, "limits");
    this.format = requireNonNull(format, "format");
    this.split = split;
    this.splits = splits;
  }

  /**
   * Partition i goes to split i modulo n.
   *
   * <p>The broker is not asked, so a split may have no partition. Flink takes checkpoints while it
   * splits; one that is taken before the splits are there would be restored as a job without any,
   * which reads nothing and says nothing.
   */
  @Override
  public List<KafkaPollSource<T>> split(int desiredNumSplits, PipelineOptions options) {
    return splits > 1
        ? List.of(this)
        : IntStream.range(0, desiredNumSplits)
            .mapToObj(i -> new KafkaPollSource<>(config, limits, format, i, desiredNumSplits))
            .toList();
  }

  /** Finds the partitions, so a job that is restored also reads those that are new. */
  @Override
  public KafkaPollReader<T> createReader(PipelineOptions options, KafkaMark mark)
      throws IOException {
    int[] all;
    try (Consumer<Void, byte[]> consumer = Consumers.open(config)) {
      all = Consumers.partitions(config, consumer);
    }
    int[] own = Arrays.stream(all).filter(partition -> partition % splits == split).toArray();
    return new KafkaPollReader<>(this, config, limits, format.parser(config), own, all, mark);
  }

  @Override
  public Coder<KafkaMark> getCheckpointMarkCoder() {
    return KafkaMarkCoder.of();
  }

  @Override
  public Coder<T> getOutputCoder() {
    return format.coder();
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("topic", config.topic()))
        .add(DisplayData.item("bootstrapServers", config.bootstrapServers()))
        .add(DisplayData.item("split", split + " of " + splits));
  }
}
