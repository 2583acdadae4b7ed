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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader of {@link KafkaPollSource}.
 *
 * <p>All but {@link KafkaMark#finalizeCheckpoint} is called by one thread at a time.
 */
final class KafkaPollReader<T> extends UnboundedSource.UnboundedReader<T> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaPollReader.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final KafkaPollSource<T> source;
  private final KafkaConfig config;
  private final ClockLimits limits;
  private final List<TopicPartition> partitions;
  private final int[] numbers;
  private final long[] nextOffsets;
  private final PartitionMetrics[] metrics;
  private final PartitionClocks clocks;
  private final TopicWatch watch;
  private final PollFormat.PartitionParser<T> parser;
  private final Deque<PartitionPoll> pending = new ArrayDeque<>();
  private final AtomicReference<KafkaMark> toCommit = new AtomicReference<>();
  private Consumer<Void, byte[]> consumer;
  private long reportedWatermark;
  private long readRecords;
  private long readBytes;
  private T current;
  private Instant currentTimestamp;

  /**
   * A reader that goes on where a checkpoint stopped.
   *
   * @param partitions those to read
   * @param allPartitions all of the topic
   * @param mark null without a checkpoint
   */
  KafkaPollReader(
      KafkaPollSource<T> source,
      KafkaConfig config,
      ClockLimits limits,
      PollFormat.PartitionParser<T> parser,
      int[] partitions,
      int[] allPartitions,
      KafkaMark mark) {
    this.source = source;
    this.config = config;
    this.limits = limits;
    this.numbers = partitions.clone();
    this.partitions =
        Arrays.stream(partitions).mapToObj(p -> new TopicPartition(config.topic(), p)).toList();
    this.nextOffsets = new long[partitions.length];
    this.metrics = new PartitionMetrics[partitions.length];
    long[] partitionClocks = new long[partitions.length];
    Arrays.fill(nextOffsets, KafkaMark.NO_OFFSET);
    Arrays.fill(partitionClocks, PartitionClocks.NONE);
    for (int i = 0; i < partitions.length; i++) {
      metrics[i] = new PartitionMetrics(partitions[i]);
      for (int j = 0; mark != null && j < mark.size(); j++) {
        if (mark.partition(j) == partitions[i]) {
          nextOffsets[i] = mark.nextOffset(j);
          partitionClocks[i] = mark.clock(j);
        }
      }
    }
    this.reportedWatermark = mark == null ? PartitionClocks.NONE : mark.watermark();
    this.clocks =
        new PartitionClocks(
            partitionClocks, reportedWatermark, now(), config.idlePartitionAfter().toMillis());
    this.parser = parser;
    this.watch = new TopicWatch(config, limits, partitions, others(allPartitions, partitions));
  }

  private static int[] others(int[] all, int[] own) {
    return Arrays.stream(all).filter(p -> IntStream.of(own).noneMatch(o -> o == p)).toArray();
  }

  @Override
  public boolean start() throws IOException {
    consumer = Consumers.open(config);
    List<TopicPartition> fresh =
        IntStream.range(0, numbers.length)
            .filter(i -> nextOffsets[i] == KafkaMark.NO_OFFSET)
            .mapToObj(partitions::get)
            .toList();
    Map<TopicPartition, Long> starts = Consumers.startOffsets(config, consumer, fresh);
    Map<TopicPartition, Long> startClocks = StartClocks.find(config, limits, consumer, starts);
    consumer.assign(partitions);
    for (int i = 0; i < numbers.length; i++) {
      if (nextOffsets[i] == KafkaMark.NO_OFFSET) {
        nextOffsets[i] = starts.get(partitions.get(i));
        clocks.advance(i, startClocks.get(partitions.get(i)));
      }
      consumer.seek(partitions.get(i), nextOffsets[i]);
    }
    return advance();
  }

  @Override
  public boolean advance() throws IOException {
    try {
      commitFinalized();
      if (pending.isEmpty()) {
        poll();
      }
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
    if (watch.look(now(), clocks.allIdle())) {
      findBacklog();
    }
    PartitionPoll next = pending.poll();
    if (next == null) {
      current = null;
      return false;
    }
    handOut(next);
    return true;
  }

  private void poll() throws IOException {
    if (partitions.isEmpty()) {
      LockSupport.parkNanos(Consumers.POLL_TIMEOUT.toNanos()); // The consumer would refuse.
      return;
    }
    ConsumerRecords<Void, byte[]> polled = Consumers.poll(config, consumer, Consumers.POLL_TIMEOUT);
    for (int i = 0; i < numbers.length; i++) {
      TopicPartition partition = partitions.get(i);
      List<ConsumerRecord<Void, byte[]>> records = polled.records(partition);
      long position = Consumers.position(consumer, partition, records, nextOffsets[i]);
      if (!records.isEmpty()) {
        clocks.received(i, now());
        pending.add(new PartitionPoll(i, records, position));
      } else {
        // Over transaction markers and the like there is nothing to hand out.
        nextOffsets[i] = position;
      }
    }
  }

  private void handOut(PartitionPoll poll) {
    int i = poll.partition();
    parser.begin(numbers[i], clocks.clock(i), reportedWatermark, poll.records().size());
    for (ConsumerRecord<Void, byte[]> record : poll.records()) {
      parser.add(record.offset(), record.timestamp(), record.value());
      readBytes += Math.max(0, record.serializedValueSize());
    }
    clocks.advance(i, parser.clock());
    nextOffsets[i] = poll.position();
    current = parser.end();
    currentTimestamp = Consumers.timestamp(reportedWatermark);
    readRecords += poll.records().size();
  }

  private void findBacklog() {
    for (int i = 0; i < numbers.length; i++) {
      long records = Math.max(0, watch.end(i) - nextOffsets[i]);
      clocks.backlog(i, records, now());
      metrics[i].set(records, clocks.clock(i));
    }
  }

  /** Commits what a durable checkpoint holds; that it fails harms nobody, so it only is logged. */
  private void commitFinalized() {
    KafkaMark mark = toCommit.getAndSet(null);
    if (mark != null) {
      consumer.commitAsync(
          offsets(mark),
          (offsets, failure) -> {
            if (failure != null) {
              logFailedCommit(failure);
            }
          });
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(KafkaMark mark) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (int i = 0; i < mark.size(); i++) {
      if (mark.nextOffset(i) != KafkaMark.NO_OFFSET) {
        offsets.put(
            new TopicPartition(config.topic(), mark.partition(i)),
            StartClocks.toCommit(mark.nextOffset(i), mark.clock(i)));
      }
    }
    return offsets;
  }

  private void logFailedCommit(Exception failure) {
    LOG.warn(
        "Offsets were not committed to group {} (its lag and kafkaStart=committed are behind, the"
            + " checkpoint counts): {}",
        config.groupId(),
        failure.toString());
  }

  @Override
  public T getCurrent() {
    if (current == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return current;
  }

  /** The watermark that was reported before the element. */
  @Override
  public Instant getCurrentTimestamp() {
    if (current == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return currentTimestamp;
  }

  @Override
  public Instant getWatermark() {
    reportedWatermark = clocks.watermark(watch.elsewhere(now()));
    return Consumers.timestamp(reportedWatermark);
  }

  @Override
  public KafkaMark getCheckpointMark() {
    long[] partitionClocks = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      partitionClocks[i] = clocks.clock(i);
    }
    return new KafkaMark(numbers, nextOffsets, partitionClocks, reportedWatermark, toCommit::set);
  }

  /** Messages that the broker has beyond those handed out, times the mean size of a message. */
  @Override
  public long getSplitBacklogBytes() {
    long records = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (watch.end(i) == TopicWatch.UNKNOWN) {
        return BACKLOG_UNKNOWN;
      }
      records += Math.max(0, watch.end(i) - nextOffsets[i]);
    }
    return readRecords == 0
        ? records * KafkaRangeSource.USUAL_MESSAGE_BYTES
        : (long) (records * ((double) readBytes / readRecords));
  }

  @Override
  public KafkaPollSource<T> getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    watch.close();
    if (consumer == null) {
      return;
    }
    KafkaMark mark = toCommit.getAndSet(null);
    if (mark != null) {
      try {
        consumer.commitSync(offsets(mark), CLOSE_TIMEOUT);
      } catch (KafkaException e) {
        logFailedCommit(e);
      }
    }
    consumer.close(CLOSE_TIMEOUT);
    consumer = null;
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
