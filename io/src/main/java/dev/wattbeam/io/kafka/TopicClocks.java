package dev.wattbeam.io.kafka;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Instant;

/**
 * {@link PartitionClocks}'s idea of a watermark for KafkaIO, which asks each partition on its own
 * and takes the lowest answer. So an idle partition answers with what the others of the same reader
 * say. A reader all of whose partitions are idle stays where it is: unlike the own source it does
 * not look at the rest of the topic.
 */
final class TopicClocks implements TimestampPolicyFactory<byte[], byte[]> {
  private static final long serialVersionUID = 1L;

  private final ClockLimits limits;
  private final long idleAfterMillis;
  private final int maxMessageBytes;
  private transient Map<Integer, PartitionPolicy> policies;

  TopicClocks(KafkaConfig config, ClockLimits limits) {
    this.limits = limits;
    this.idleAfterMillis = config.idlePartitionAfter().toMillis();
    this.maxMessageBytes = config.maxMessageBytes();
  }

  @Override
  public synchronized TimestampPolicy<byte[], byte[]> createTimestampPolicy(
      TopicPartition partition, Optional<Instant> previousWatermark) {
    if (policies == null) {
      policies = new TreeMap<>();
    }
    long watermark =
        previousWatermark
            .filter(previous -> previous.isAfter(BoundedWindow.TIMESTAMP_MIN_VALUE))
            .map(Instant::getMillis)
            .orElse(PartitionClocks.NONE);
    PartitionPolicy policy = new PartitionPolicy(watermark);
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
    private final ReadingJson json = new ReadingJson(maxMessageBytes);
    private volatile long clock;
    private volatile boolean idle;
    private long reported;
    private long readMillis = now();

    private PartitionPolicy(long watermark) {
      this.clock = watermark;
      this.reported = watermark;
    }

    /** The watermark that was reported before the record. */
    @Override
    public Instant getTimestampForRecord(
        PartitionContext context, KafkaRecord<byte[], byte[]> record) {
      readMillis = now();
      idle = false;
      // KafkaIO has no room for a parsed message, so the step behind it parses it again.
      if (json.parse(record.getKV().getValue())) {
        clock = limits.advance(clock, json.timeMillis(), json.local(), record.getTimestamp());
      }
      return instant(reported);
    }

    @Override
    public Instant getWatermark(PartitionContext context) {
      idle = context.getMessageBacklog() == 0 && now() - readMillis >= idleAfterMillis;
      reported = Math.max(reported, idle ? ofOthers() : clock);
      return instant(reported);
    }
  }

  private static Instant instant(long millis) {
    return millis < BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis()
        ? BoundedWindow.TIMESTAMP_MIN_VALUE
        : Instant.ofEpochMilli(millis);
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
