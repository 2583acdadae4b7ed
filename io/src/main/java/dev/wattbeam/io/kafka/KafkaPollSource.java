package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
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
final class KafkaPollSource extends UnboundedSource<KafkaPoll, KafkaMark> {
  private static final long serialVersionUID = 1L;

  private final KafkaConfig config;
  private final ClockLimits limits;
  private final String pipelineName;

  /** Partitions of the topic; null before the split. */
  private final int[] allPartitions;

  /** Those that this source reads; null before the split. */
  private final int[] partitions;

  KafkaPollSource(KafkaConfig config, ClockLimits limits, String pipelineName) {
    this(config, limits, pipelineName, null, null);
  }

  private KafkaPollSource(
      KafkaConfig config,
      ClockLimits limits,
      String pipelineName,
      int[] allPartitions,
      int[] partitions) {
    this.config = requireNonNull(config, "config");
    this.limits = requireNonNull(limits, "limits");
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
    this.allPartitions = allPartitions;
    this.partitions = partitions;
  }

  /** Partition i goes to split i modulo n, so a restart with the same n splits alike. */
  @Override
  public List<KafkaPollSource> split(int desiredNumSplits, PipelineOptions options)
      throws IOException {
    if (partitions != null) {
      return List.of(this);
    }
    int[] all = findPartitions();
    int n = Math.max(1, Math.min(desiredNumSplits, all.length));
    List<KafkaPollSource> splits = new ArrayList<>(n);
    for (int split = 0; split < n; split++) {
      int remainder = split;
      int[] own =
          IntStream.range(0, all.length).filter(i -> i % n == remainder).map(i -> all[i]).toArray();
      splits.add(new KafkaPollSource(config, limits, pipelineName, all, own));
    }
    return splits;
  }

  private int[] findPartitions() throws IOException {
    try (Consumer<Void, byte[]> consumer = Consumers.open(config)) {
      return Consumers.partitions(config, consumer);
    }
  }

  @Override
  public KafkaPollReader createReader(PipelineOptions options, KafkaMark mark) throws IOException {
    int[] all = allPartitions == null ? findPartitions() : allPartitions;
    return new KafkaPollReader(
        this, config, limits, pipelineName, partitions == null ? all : partitions, all, mark);
  }

  @Override
  public Coder<KafkaMark> getCheckpointMarkCoder() {
    return KafkaMarkCoder.of();
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
        .add(DisplayData.item("partitions", Arrays.toString(partitions)));
  }
}
