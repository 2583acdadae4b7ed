package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Instant;

/**
 * The clocks of the partitions that KafkaIO reads. The timestamp of a record is the clock of its
 * partition before it, so that the steps behind need not see the records in their order to judge
 * what is late.
 *
 * <p>The watermark is {@link PartitionClocks}'s idea for KafkaIO, which asks each partition on its
 * own and takes the lowest answer. So an idle partition answers with what the others of the same
 * reader say. A reader all of whose partitions are idle stays where it is: unlike the own source it
 * does not look at the rest of the topic.
 */
final class TopicClocks implements TimestampPolicyFactory<byte[], byte[]> {
  private static final long serialVersionUID = 1L;

  private final KafkaConfig config;
  private final ClockLimits limits;
  private transient Map<Integer, PartitionPolicy> policies;

  TopicClocks(KafkaConfig config, ClockLimits limits) {
    this.config = config;
    this.limits = limits;
  }

  @Override
  public synchronized TimestampPolicy<byte[], byte[]> createTimestampPolicy(
      TopicPartition partition, Optional<Instant> previousWatermark) {
    if (policies == null) {
      policies = new TreeMap<>();
    }
    PartitionPolicy before = policies.get(partition.partition());
    if (before != null && previousWatermark.isPresent()) {
      // The Direct runner often closes a reader and goes on with another one.
      return before;
    }
    long watermark = previousWatermark.map(TopicClocks::clock).orElse(PartitionClocks.NONE);
    PartitionPolicy policy = new PartitionPolicy(partition, watermark);
    policies.put(partition.partition(), policy);
    return policy;
  }

  /** Lowest clock of the partitions that are not idle, else the highest clock. */
  private synchronized long ofOthers() {
    long lowest = Long.MAX_VALUE;
    long highest = PartitionClocks.NONE;
    for (PartitionPolicy policy : policies.values()) {
      highest = Math.max(highest, policy.clock);
      if (!policy.idle) {
        lowest = Math.min(lowest, policy.clock);
      }
    }
    return lowest == Long.MAX_VALUE ? highest : lowest;
  }

  private final class PartitionPolicy extends TimestampPolicy<byte[], byte[]> {
    private final TopicPartition partition;
    private final ReadingJson json = new ReadingJson(config.maxMessageBytes());
    private volatile long clock;
    private volatile boolean idle;
    private long nextOffset = Long.MAX_VALUE;
    private long reported;
    private long readMillis = now();

    private PartitionPolicy(TopicPartition partition, long watermark) {
      this.partition = partition;
      this.clock = watermark;
      this.reported = watermark;
    }

    /** The clock before the record, or the watermark that was reported, where that is higher. */
    @Override
    public Instant getTimestampForRecord(
        PartitionContext context, KafkaRecord<byte[], byte[]> record) {
      readMillis = now();
      idle = false;
      if (record.getOffset() < nextOffset) {
        // The first one here. A checkpoint of KafkaIO holds the watermark that was last asked for,
        // and records may have moved the clock since.
        clock = Math.max(reported, startClock(record.getOffset()));
      }
      nextOffset = record.getOffset() + 1;
      Instant timestamp = Consumers.timestamp(Math.max(clock, reported));
      // KafkaIO has no room for a parsed message, so the step behind it parses it again.
      if (json.parse(record.getKV().getValue())) {
        clock = limits.advance(clock, json.timeMillis(), json.local(), record.getTimestamp());
      }
      return timestamp;
    }

    private long startClock(long offset) {
      try (Consumer<Void, byte[]> consumer = Consumers.open(config)) {
        return StartClocks.find(config, limits, consumer, Map.of(partition, offset)).get(partition);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Instant getWatermark(PartitionContext context) {
      idle =
          context.getMessageBacklog() == 0
              && now() - readMillis >= config.idlePartitionAfter().toMillis();
      reported = Math.max(reported, idle ? ofOthers() : clock);
      return Consumers.timestamp(reported);
    }
  }

  /** The clock that a timestamp of {@link PartitionPolicy#getTimestampForRecord} stands for. */
  static long clock(Instant timestamp) {
    return timestamp.isAfter(BoundedWindow.TIMESTAMP_MIN_VALUE)
        ? timestamp.getMillis()
        : PartitionClocks.NONE;
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
