package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clocks of partitions that are read from somewhere in the middle without a checkpoint. From
 * nothing on, a reading that was too late when the topic was read before would be accepted.
 *
 * <p>The clock is committed with the offset, as the metadata that Kafka keeps beside it. Where the
 * offset comes from elsewhere, the messages before it tell.
 */
final class StartClocks {
  /**
   * How many messages before the start are looked at: a second's work and some MB per partition,
   * and far more than readings usually are out of order by, so their highest time is the clock.
   */
  static final int LOOK_BACK = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(StartClocks.class);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LOOK_BACK_TIMEOUT = Duration.ofSeconds(10);

  /** The number is the version of what follows. */
  private static final String METADATA = "wattbeam/1 clock=";

  private static final String PLAN = " plan=";
  private static final String NOTHING_READ = "none";

  private StartClocks() {}

  /** What to commit: the offset that comes next and the clock before it. */
  static OffsetAndMetadata toCommit(long offset, long clock) {
    return new OffsetAndMetadata(offset, METADATA + text(clock));
  }

  /** As above, with what is remembered of micro-batches. */
  static OffsetAndMetadata toCommit(long offset, long clock, MicroBatchPlan plan) {
    return new OffsetAndMetadata(offset, METADATA + text(clock) + PLAN + plan.text());
  }

  /** What is remembered of the micro-batches of a job; null when nothing is. */
  static MicroBatchPlan plan(OffsetAndMetadata offset, String job) {
    int begin = offset == null ? -1 : offset.metadata().indexOf(PLAN);
    if (begin < 0) {
      return null;
    }
    try {
      MicroBatchPlan plan =
          MicroBatchPlan.parse(offset.metadata().substring(begin + PLAN.length()));
      return plan.job().equals(job) ? plan : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The clock that was committed with an offset; empty when somebody else committed it. */
  static OptionalLong committed(OffsetAndMetadata offset) {
    if (!offset.metadata().startsWith(METADATA)) {
      return OptionalLong.empty();
    }
    String clock = offset.metadata().substring(METADATA.length()).split(PLAN, 2)[0];
    try {
      return OptionalLong.of(
          clock.equals(NOTHING_READ) ? PartitionClocks.NONE : Instant.parse(clock).toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * The clock of each partition before the offset at which it is to be read.
   *
   * @param consumer has no partitions assigned afterwards
   */
  static Map<TopicPartition, Long> find(
      KafkaConfig config,
      ClockLimits limits,
      Consumer<Void, byte[]> consumer,
      Map<TopicPartition, Long> starts)
      throws IOException {
    if (starts.isEmpty()) {
      return Map.of();
    }
    if (limits.equals(ClockLimits.NO_CLOCK)) {
      Map<TopicPartition, Long> none = new HashMap<>();
      starts.keySet().forEach(partition -> none.put(partition, PartitionClocks.NONE));
      return none;
    }
    try {
      Map<TopicPartition, Long> clocks = committed(config, consumer, starts);
      Map<TopicPartition, Long> others = new HashMap<>(starts);
      others.keySet().removeAll(clocks.keySet());
      clocks.putAll(lookBack(config, limits, consumer, others));
      return clocks;
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
  }

  private static Map<TopicPartition, Long> committed(
      KafkaConfig config, Consumer<?, ?> consumer, Map<TopicPartition, Long> starts) {
    Map<TopicPartition, Long> clocks = new HashMap<>();
    if (config.start() == KafkaConfig.KafkaStart.COMMITTED) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          consumer.committed(starts.keySet(), REQUEST_TIMEOUT);
      starts.forEach(
          (partition, start) -> {
            OffsetAndMetadata offset = committed.get(partition);
            if (offset != null && offset.offset() == start) {
              committed(offset).ifPresent(clock -> clocks.put(partition, clock));
            }
          });
    }
    clocks.forEach(
        (partition, clock) ->
            LOG.info(
                "{} begins at offset {} with the clock {}, as committed with the offset",
                partition,
                starts.get(partition),
                text(clock)));
    return clocks;
  }

  private static Map<TopicPartition, Long> lookBack(
      KafkaConfig config,
      ClockLimits limits,
      Consumer<Void, byte[]> consumer,
      Map<TopicPartition, Long> starts) {
    Map<TopicPartition, Long> clocks = new HashMap<>();
    starts.keySet().forEach(partition -> clocks.put(partition, PartitionClocks.NONE));
    Map<TopicPartition, Long> firsts = consumer.beginningOffsets(starts.keySet(), REQUEST_TIMEOUT);
    Map<TopicPartition, Long> left = new HashMap<>(starts);
    left.entrySet().removeIf(start -> start.getValue() <= firsts.get(start.getKey()));
    // An offset beyond the end is an error, but not of the look back.
    consumer
        .endOffsets(left.keySet(), REQUEST_TIMEOUT)
        .forEach((partition, end) -> left.merge(partition, end, Math::min));
    consumer.assign(left.keySet());
    left.forEach(
        (partition, end) ->
            consumer.seek(partition, Math.max(firsts.get(partition), end - LOOK_BACK)));

    ReadingJson json = new ReadingJson(config.maxMessageBytes());
    long deadline = System.nanoTime() + LOOK_BACK_TIMEOUT.toNanos();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      ConsumerRecords<Void, byte[]> polled = poll(consumer);
      for (TopicPartition partition : List.copyOf(left.keySet())) {
        long end = left.get(partition);
        List<ConsumerRecord<Void, byte[]>> records = polled.records(partition);
        long clock = clocks.get(partition);
        for (ConsumerRecord<Void, byte[]> record : records) {
          if (record.offset() < end && json.parse(record.value())) {
            clock = limits.advance(clock, json.timeMillis(), json.local(), record.timestamp());
          }
        }
        clocks.put(partition, clock);
        if (Consumers.position(consumer, partition, records, 0) >= end) {
          left.remove(partition);
          consumer.assign(left.keySet());
          LOG.info(
              "{} begins at offset {} with the clock {}, the highest time of the {} offsets before",
              partition,
              starts.get(partition),
              text(clock),
              Math.min(LOOK_BACK, end - firsts.get(partition)));
        }
      }
    }
    left.keySet()
        .forEach(
            partition ->
                LOG.warn(
                    "{} begins at offset {} with the clock {}: the {} offsets before were not read"
                        + " within {} s, so readings that are too late may be accepted",
                    partition,
                    starts.get(partition),
                    text(clocks.get(partition)),
                    LOOK_BACK,
                    LOOK_BACK_TIMEOUT.toSeconds()));
    consumer.unsubscribe();
    return clocks;
  }

  private static ConsumerRecords<Void, byte[]> poll(Consumer<Void, byte[]> consumer) {
    try {
      return consumer.poll(Consumers.POLL_TIMEOUT);
    } catch (OffsetOutOfRangeException e) {
      // Retention has deleted what is not so far back.
      consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
      return ConsumerRecords.empty();
    }
  }

  private static String text(long clock) {
    return clock == PartitionClocks.NONE ? NOTHING_READ : Instant.ofEpochMilli(clock).toString();
  }
}
