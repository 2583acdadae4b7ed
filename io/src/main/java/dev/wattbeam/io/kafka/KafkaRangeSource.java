package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * What a topic holds when the source is split, as a bounded source of whole polls. A partition is
 * not split further, since its clock needs it in order.
 */
final class KafkaRangeSource<T> extends BoundedSource<T> {
  private static final long serialVersionUID = 1L;

  /** Size of a message as long as none has been seen. */
  static final long USUAL_MESSAGE_BYTES = 140;

  /** Offsets of a partition, from start to before end. */
  record Range(int partition, long start, long end) implements Serializable {
    long size() {
      return end - start;
    }
  }

  private final KafkaConfig config;
  private final ClockLimits limits;
  private final PollFormat<T> format;

  /** Null before the split. */
  private final Range[] ranges;

  KafkaRangeSource(KafkaConfig config, ClockLimits limits, PollFormat<T> format) {
    this(config, limits, format, null);
  }

  private KafkaRangeSource(
      KafkaConfig config, ClockLimits limits, PollFormat<T> format, Range[] ranges) {
    this.config = requireNonNull(config, "config");
    this.limits = requireNonNull(limits, "limits");
    this.format = requireNonNull(format, "format");
    this.ranges = ranges;
  }

  @Override
  public List<KafkaRangeSource<T>> split(long desiredBundleSizeBytes, PipelineOptions options)
      throws IOException {
    if (ranges != null) {
      return List.of(this);
    }
    List<KafkaRangeSource<T>> splits = new ArrayList<>();
    for (List<Range> share : shares(findRanges(), desiredBundleSizeBytes / USUAL_MESSAGE_BYTES)) {
      splits.add(new KafkaRangeSource<>(config, limits, format, share.toArray(new Range[0])));
    }
    return splits;
  }

  /**
   * Shares of about this many messages, so one per worker where the runner asks for that: while one
   * partition of a consumer is parsed, the next messages of the others are on their way.
   *
   * @return at least one share; of an empty topic an empty one
   */
  private static List<List<Range>> shares(Range[] ranges, long messages) {
    long all = Arrays.stream(ranges).mapToLong(Range::size).sum();
    long wanted = Math.round((double) all / Math.max(1, messages));
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < Math.max(1, Math.min(ranges.length, wanted)); i++) {
      shares.add(new Share());
    }
    // The largest first, each to the share that has least.
    Range[] bySize = ranges.clone();
    Arrays.sort(bySize, Comparator.comparingLong(Range::size).reversed());
    for (Range range : bySize) {
      Collections.min(shares, Comparator.comparingLong(share -> share.size)).add(range);
    }
    return shares.stream().map(share -> share.ranges).toList();
  }

  private static final class Share {
    private final List<Range> ranges = new ArrayList<>();
    private long size;

    private void add(Range range) {
      ranges.add(range);
      size += range.size();
    }
  }

  private Range[] findRanges() throws IOException {
    if (ranges != null) {
      return ranges;
    }
    try (Consumer<Void, byte[]> consumer = Consumers.open(config)) {
      List<TopicPartition> partitions =
          Arrays.stream(Consumers.partitions(config, consumer))
              .mapToObj(p -> new TopicPartition(config.topic(), p))
              .toList();
      Map<TopicPartition, Long> starts = Consumers.startOffsets(config, consumer, partitions);
      Map<TopicPartition, Long> ends = Consumers.endOffsets(config, consumer, partitions);
      return partitions.stream()
          .map(p -> new Range(p.partition(), starts.get(p), ends.get(p)))
          .filter(range -> range.start() < range.end())
          .toArray(Range[]::new);
    }
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) throws IOException {
    return Arrays.stream(findRanges()).mapToLong(Range::size).sum() * USUAL_MESSAGE_BYTES;
  }

  @Override
  public KafkaRangeReader<T> createReader(PipelineOptions options) throws IOException {
    return new KafkaRangeReader<>(this, config, limits, format.parser(config), findRanges());
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
        .add(DisplayData.item("ranges", Arrays.toString(ranges)));
  }
}
