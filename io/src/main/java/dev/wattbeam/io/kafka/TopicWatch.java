package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reader has to know about the topic beyond what it reads, asked for at most once a second:
 *
 * <ul>
 *   <li>the ends of its partitions;
 *   <li>when all of them are idle, how far the partitions are that <em>other</em> readers have,
 *       from their last messages. Otherwise a reader that never gets a record (all meters fall into
 *       other partitions) would hold the watermark of the whole pipeline for ever. How far the
 *       others have read does not matter, since the pipeline's watermark is the lowest of all
 *       readers.
 * </ul>
 *
 * <p>It has a consumer of its own: on the reader's connection an answer waits behind a fetch that
 * waits for data.
 */
final class TopicWatch implements AutoCloseable {
  /** The broker has not said yet. */
  static final long UNKNOWN = -1;

  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
  private static final long INTERVAL_MILLIS = 1_000;
  private static final long LAST_RECORDS = 100;
  private static final Duration TIMEOUT = Duration.ofMillis(200);

  private final KafkaConfig config;
  private final ClockLimits limits;
  private final ReadingJson json;
  private final List<TopicPartition> own;
  private final long[] ownEnds;
  private final List<TopicPartition> others;
  private final long[] otherEnds;
  private final long[] otherClocks;
  private final long[] movedMillis;
  private Consumer<Void, byte[]> consumer;
  private long lookedMillis;

  TopicWatch(KafkaConfig config, ClockLimits limits, int[] own, int[] others) {
    this.config = config;
    this.limits = limits;
    this.json = new ReadingJson(config.maxMessageBytes());
    this.own = partitions(config, own);
    this.ownEnds = new long[own.length];
    Arrays.fill(ownEnds, UNKNOWN);
    this.others = partitions(config, others);
    this.otherEnds = new long[others.length];
    this.otherClocks = new long[others.length];
    Arrays.fill(otherClocks, PartitionClocks.NONE);
    this.movedMillis = new long[others.length];
  }

  private static List<TopicPartition> partitions(KafkaConfig config, int[] numbers) {
    return Arrays.stream(numbers).mapToObj(p -> new TopicPartition(config.topic(), p)).toList();
  }

  /** End of one of the reader's partitions, counted from 0 within the reader. */
  long end(int partition) {
    return ownEnds[partition];
  }

  /**
   * Lowest clock of the other readers' partitions in which something moves, else the highest clock,
   * else {@link PartitionClocks#NONE}.
   */
  long elsewhere(long nowMillis) {
    long lowest = Long.MAX_VALUE;
    long highest = PartitionClocks.NONE;
    for (int i = 0; i < otherClocks.length; i++) {
      highest = Math.max(highest, otherClocks[i]);
      if (otherEnds[i] > 0 && nowMillis - movedMillis[i] < config.idlePartitionAfter().toMillis()) {
        lowest = Math.min(lowest, otherClocks[i]);
      }
    }
    return lowest == Long.MAX_VALUE ? highest : lowest;
  }

  /**
   * Asks, if the last time was long enough ago; takes a fraction of a second at most.
   *
   * @param follow whether to look at the other readers' partitions as well
   * @return whether there is a new answer
   */
  boolean look(long nowMillis, boolean follow) throws IOException {
    if (consumer != null && nowMillis - lookedMillis < INTERVAL_MILLIS) {
      return false;
    }
    lookedMillis = nowMillis;
    try {
      if (consumer == null) {
        consumer = open();
        consumer.assign(others);
        consumer.pause(others);
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(own, TIMEOUT);
      for (int i = 0; i < ownEnds.length; i++) {
        ownEnds[i] = ends.get(own.get(i));
      }
      if (follow && !others.isEmpty() && !limits.equals(ClockLimits.NO_CLOCK)) {
        findOtherEnds(nowMillis);
        if (!consumer.paused().containsAll(others)) {
          read(consumer.poll(TIMEOUT));
        }
      }
      return true;
    } catch (RetriableException e) {
      LOG.debug("The ends of {} are not known at the moment", own, e);
      return false;
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
  }

  private Consumer<Void, byte[]> open() throws IOException {
    return Consumers.open(
        config,
        Map.of(
            // An offset that retention has deleted meanwhile is no loss here.
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            128 * 1024,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            20));
  }

  private void findOtherEnds(long nowMillis) {
    Map<TopicPartition, Long> now = consumer.endOffsets(others, TIMEOUT);
    List<TopicPartition> moved = new ArrayList<>();
    for (int i = 0; i < otherEnds.length; i++) {
      TopicPartition partition = others.get(i);
      long end = now.get(partition);
      if (end != otherEnds[i]) {
        otherEnds[i] = end;
        movedMillis[i] = nowMillis;
        consumer.seek(partition, Math.max(0, end - LAST_RECORDS));
        moved.add(partition);
      }
    }
    consumer.resume(moved);
  }

  private void read(ConsumerRecords<Void, byte[]> records) {
    for (int i = 0; i < otherClocks.length; i++) {
      TopicPartition partition = others.get(i);
      for (ConsumerRecord<Void, byte[]> record : records.records(partition)) {
        if (json.parse(record.value())) {
          otherClocks[i] =
              limits.advance(otherClocks[i], json.timeMillis(), json.local(), record.timestamp());
        }
      }
      if (!consumer.paused().contains(partition)
          && consumer.position(partition, TIMEOUT) >= otherEnds[i]) {
        consumer.pause(List.of(partition));
      }
    }
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close(Duration.ofSeconds(1));
      consumer = null;
    }
  }
}
