package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import dev.wattbeam.model.ReadingBatch;

/**
 * Turns the messages of one partition, one after the other, into a {@link KafkaPoll}. Not
 * thread-safe.
 */
public final class PollParser implements PollFormat.PartitionParser<KafkaPoll> {
  private static final byte[] NO_BYTES = new byte[0];

  private final String topic;
  private final ClockLimits limits;
  private final String pipelineName;
  private final ReadingJson json;
  private ReadingBatch.Builder batch;
  private int rejected;
  private int partition;
  private long clock;
  private long bytes;

  /**
   * A parser for the messages of any partitions of a topic, a poll of one of them at a time.
   *
   * @param limits which event times may move the clock of a partition
   * @param pipelineName name in dead letters
   */
  public PollParser(KafkaConfig config, ClockLimits limits, String pipelineName) {
    this(config.topic(), config.maxMessageBytes(), limits, pipelineName);
  }

  /** The same, for messages that come from elsewhere than from Kafka. */
  public PollParser(String topic, int maxMessageBytes, ClockLimits limits, String pipelineName) {
    this.topic = topic;
    this.limits = limits;
    this.pipelineName = pipelineName;
    this.json = new ReadingJson(maxMessageBytes);
  }

  /**
   * Begins a poll.
   *
   * @param partitionClock highest plausible time read from the partition so far
   * @param watermark what the reader has reported; both are {@link Long#MIN_VALUE} at the start
   */
  @Override
  public void begin(int partition, long partitionClock, long watermark, int expectedSize) {
    this.partition = partition;
    clock = partitionClock;
    bytes = 0;
    batch =
        new ReadingBatch.Builder(
            topic, partition, Math.max(partitionClock, watermark), expectedSize);
    rejected = 0;
  }

  /** Adds a message of the partition; they come in the order of their offsets. */
  @Override
  public void add(long offset, long kafkaMillis, byte[] message) {
    bytes += message == null ? 0 : message.length;
    if (json.parse(message, offset, kafkaMillis, batch)) {
      clock = limits.advance(clock, json.timeMillis(), json.local(), kafkaMillis);
      return;
    }
    DeadLetterCode code = json.code();
    rejected++;
    batch.reject(
        new DeadLetter(
            pipelineName,
            ReadReadings.STEP,
            code,
            json.reason(),
            Payload.asText(message == null ? NO_BYTES : message),
            new Origin(topic, partition, offset),
            kafkaMillis));
  }

  /** Number of messages since {@link #begin}. */
  public int size() {
    return batch.size() + rejected;
  }

  /** The clock of the partition after what was added. */
  @Override
  public long clock() {
    return clock;
  }

  /** The messages since {@link #begin}. */
  @Override
  public KafkaPoll end() {
    KafkaPoll poll = new KafkaPoll(batch.build(), bytes);
    batch = null;
    return poll;
  }
}
