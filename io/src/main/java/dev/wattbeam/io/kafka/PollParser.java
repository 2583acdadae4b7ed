package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import dev.wattbeam.model.ReadingBatch;
import java.util.ArrayList;
import java.util.List;

/** Turns the messages of one partition, one after the other, into a {@link KafkaPoll}. */
final class PollParser {
  private static final byte[] NO_BYTES = new byte[0];

  private final String topic;
  private final ClockLimits limits;
  private final String pipelineName;
  private final ReadingJson json;
  private ReadingBatch.Builder batch;
  private List<DeadLetter> deadLetters;
  private int partition;
  private long clock;
  private long bytes;

  PollParser(KafkaConfig config, ClockLimits limits, String pipelineName) {
    this.topic = config.topic();
    this.limits = limits;
    this.pipelineName = pipelineName;
    this.json = new ReadingJson(config.maxMessageBytes());
  }

  /**
   * Begins a poll.
   *
   * @param partitionClock highest plausible time read from the partition so far
   * @param watermark what the reader has reported
   */
  void begin(int partition, long partitionClock, long watermark, int expectedSize) {
    this.partition = partition;
    clock = partitionClock;
    bytes = 0;
    batch =
        new ReadingBatch.Builder(
            topic, partition, Math.max(partitionClock, watermark), expectedSize);
    deadLetters = new ArrayList<>();
  }

  /** Adds a message of the partition; they come in the order of their offsets. */
  void add(long offset, long kafkaMillis, byte[] message) {
    bytes += message == null ? 0 : message.length;
    if (json.parse(message, offset, kafkaMillis, batch)) {
      clock = limits.advance(clock, json.timeMillis(), json.local(), kafkaMillis);
      return;
    }
    DeadLetterCode code = json.code();
    deadLetters.add(
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
  int size() {
    return batch.size() + deadLetters.size();
  }

  /** The clock of the partition after what was added. */
  long clock() {
    return clock;
  }

  KafkaPoll end() {
    KafkaPoll poll = new KafkaPoll(batch.build(), deadLetters, bytes);
    batch = null;
    deadLetters = null;
    return poll;
  }
}
