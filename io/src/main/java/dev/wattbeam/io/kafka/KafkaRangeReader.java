package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reader of {@link KafkaRangeSource}. */
final class KafkaRangeReader<T> extends BoundedSource.BoundedReader<T> {
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KafkaRangeSource<T> source;
  private final KafkaConfig config;
  private final ClockLimits limits;
  private final KafkaRangeSource.Range[] ranges;
  private final List<TopicPartition> partitions;
  private final long[] positions;
  private final long[] clocks;
  private final PollFormat.PartitionParser<T> parser;
  private final Deque<PartitionPoll> pending = new ArrayDeque<>();
  private Consumer<Void, byte[]> consumer;
  private T current;

  KafkaRangeReader(
      KafkaRangeSource<T> source,
      KafkaConfig config,
      ClockLimits limits,
      PollFormat.PartitionParser<T> parser,
      KafkaRangeSource.Range[] ranges) {
    this.source = source;
    this.config = config;
    this.limits = limits;
    this.ranges = ranges.clone();
    this.partitions =
        Arrays.stream(ranges)
            .map(range -> new TopicPartition(config.topic(), range.partition()))
            .toList();
    this.positions = Arrays.stream(ranges).mapToLong(KafkaRangeSource.Range::start).toArray();
    this.clocks = new long[ranges.length];
    this.parser = parser;
  }

  @Override
  public boolean start() throws IOException {
    if (ranges.length > 0) {
      consumer = Consumers.open(config);
      Map<TopicPartition, Long> starts = new HashMap<>();
      for (int i = 0; i < ranges.length; i++) {
        starts.put(partitions.get(i), positions[i]);
      }
      Map<TopicPartition, Long> startClocks = StartClocks.find(config, limits, consumer, starts);
      consumer.assign(partitions);
      for (int i = 0; i < ranges.length; i++) {
        clocks[i] = startClocks.get(partitions.get(i));
        consumer.seek(partitions.get(i), positions[i]);
      }
    }
    return advance();
  }

  @Override
  public boolean advance() throws IOException {
    long progressNanos = System.nanoTime();
    while (pending.isEmpty() && !finished()) {
      boolean progress;
      try {
        progress = poll();
      } catch (KafkaException e) {
        throw Consumers.failure(config, e);
      }
      if (progress) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > PATIENCE.toNanos()) {
        throw Consumers.silent(config, PATIENCE, unfinished());
      }
    }
    PartitionPoll next = pending.poll();
    if (next == null) {
      current = null;
      return false;
    }
    int i = next.partition();
    parser.begin(ranges[i].partition(), clocks[i], PartitionClocks.NONE, next.records().size());
    for (ConsumerRecord<Void, byte[]> record : next.records()) {
      parser.add(record.offset(), record.timestamp(), record.value());
    }
    clocks[i] = parser.clock();
    current = parser.end();
    return true;
  }

  /** Whether the position moved anywhere, if only over messages that are not to be read. */
  private boolean poll() throws IOException {
    ConsumerRecords<Void, byte[]> polled = Consumers.poll(config, consumer, POLL_TIMEOUT);
    boolean moved = false;
    for (int i = 0; i < ranges.length; i++) {
      if (positions[i] >= ranges[i].end()) {
        continue;
      }
      TopicPartition partition = partitions.get(i);
      long end = ranges[i].end();
      List<ConsumerRecord<Void, byte[]>> all = polled.records(partition);
      List<ConsumerRecord<Void, byte[]>> records = before(end, all);
      long position = Consumers.position(consumer, partition, all, positions[i]);
      moved |= position != positions[i];
      positions[i] = position;
      if (!records.isEmpty()) {
        pending.add(new PartitionPoll(i, records, position));
      }
      if (position >= end) {
        consumer.pause(List.of(partition));
      }
    }
    return moved;
  }

  /** Those of a partition's records, which are in order, that are before an offset. */
  private static List<ConsumerRecord<Void, byte[]>> before(
      long end, List<ConsumerRecord<Void, byte[]>> records) {
    int count = records.size();
    while (count > 0 && records.get(count - 1).offset() >= end) {
      count--;
    }
    return records.subList(0, count);
  }

  private boolean finished() {
    return unfinished() == null;
  }

  private TopicPartition unfinished() {
    for (int i = 0; i < ranges.length; i++) {
      if (positions[i] < ranges[i].end()) {
        return partitions.get(i);
      }
    }
    return null;
  }

  @Override
  public T getCurrent() {
    if (current == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return current;
  }

  @Override
  public Double getFractionConsumed() {
    long done = 0;
    long all = 0;
    for (int i = 0; i < ranges.length; i++) {
      done += Math.min(positions[i], ranges[i].end()) - ranges[i].start();
      all += ranges[i].end() - ranges[i].start();
    }
    return all == 0 ? 1.0 : (double) done / all;
  }

  @Override
  public BoundedSource<T> getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close(Duration.ofSeconds(2));
      consumer = null;
    }
  }
}
