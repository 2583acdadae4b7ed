package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Instant;

/**
 * Reader of {@link MicroBatchSource}. The runner calls {@link #advance} until it gives false, and
 * then {@link #getCheckpointMark}, for each micro-batch; all in one thread.
 */
final class MicroBatchReader extends UnboundedSource.UnboundedReader<KafkaPoll> {
  /**
   * Most messages of a micro-batch and partition: some 15 MB, and a second's work. What the runner
   * keeps in memory grows with it; the throughput per partition is at most this per micro-batch.
   */
  static final int MOST_MESSAGES = 100_000;

  private static final long NOT_BEGUN = -1;
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final MicroBatchSource source;
  private final KafkaConfig config;
  private final ClockLimits limits;
  private final String job;
  private final TopicPartition partition;
  private final PollParser parser;
  private final PartitionMetrics metrics;
  private Consumer<Void, byte[]> consumer;
  private KafkaPoll current;
  private Instant currentTimestamp;

  /** Whether this micro-batch was read, and the next one is not decided yet. */
  private boolean read;

  /** Number of this micro-batch; the first reads nothing and only decides the next. */
  private long number;

  private long start;
  private long startClock;
  private long end;

  /** Offset that comes next, between start and end. */
  private long next;

  private long clock;

  /**
   * A reader of one partition.
   *
   * @param mark null at the first start
   */
  MicroBatchReader(
      MicroBatchSource source,
      KafkaConfig config,
      ClockLimits limits,
      String pipelineName,
      String job,
      int partition,
      MicroBatchMark mark) {
    this.source = source;
    this.config = config;
    this.limits = limits;
    this.job = job;
    this.partition = new TopicPartition(config.topic(), partition);
    this.parser = new PollParser(config, limits, pipelineName);
    this.metrics = new PartitionMetrics(partition);
    this.number = mark == null ? NOT_BEGUN : mark.number();
    this.start = mark == null ? KafkaMark.NO_OFFSET : mark.start();
    this.end = mark == null ? KafkaMark.NO_OFFSET : mark.end();
    this.startClock = mark == null ? PartitionClocks.NONE : mark.clock();
  }

  @Override
  public boolean start() throws IOException {
    return advance();
  }

  /** Opens the consumer. The runner starts a reader once only, so a failure must leave no half. */
  private void open() throws IOException {
    Consumer<Void, byte[]> opened = Consumers.open(config);
    try {
      if (start == KafkaMark.NO_OFFSET) {
        begin(opened);
      }
      opened.assign(List.of(partition));
      consumer = opened;
    } finally {
      if (consumer == null) {
        opened.close(CLOSE_TIMEOUT);
      }
    }
  }

  private void begin(Consumer<Void, byte[]> opened) throws IOException {
    MicroBatchPlan known = plan(opened);
    Map<TopicPartition, Long> starts =
        known != null && known.first() == 0
            ? Map.of(partition, known.start())
            : Consumers.startOffsets(config, opened, List.of(partition));
    startClock = StartClocks.find(config, limits, opened, starts).get(partition);
    start = starts.get(partition);
    end = start;
  }

  @Override
  public boolean advance() throws IOException {
    current = null;
    if (read) {
      return false;
    }
    if (consumer == null) {
      open();
    }
    // After a failure the runner may try again with this reader.
    next = start;
    clock = startClock;
    consumer.seek(partition, start);
    List<ConsumerRecord<Void, byte[]>> records = readToEnd();
    read = true;
    if (records.isEmpty()) {
      return false;
    }
    currentTimestamp = getWatermark();
    parser.begin(partition.partition(), clock, PartitionClocks.NONE, records.size());
    for (ConsumerRecord<Void, byte[]> record : records) {
      parser.add(record.offset(), record.timestamp(), record.value());
    }
    clock = parser.clock();
    current = parser.end();
    return true;
  }

  private List<ConsumerRecord<Void, byte[]>> readToEnd() throws IOException {
    List<ConsumerRecord<Void, byte[]>> records = new ArrayList<>();
    long progressNanos = System.nanoTime();
    while (next < end) {
      long before = next;
      try {
        poll(records);
      } catch (KafkaException e) {
        throw Consumers.failure(config, e);
      }
      if (next > before) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > PATIENCE.toNanos()) {
        throw Consumers.silent(config, PATIENCE, partition);
      }
    }
    return records;
  }

  private void poll(List<ConsumerRecord<Void, byte[]>> records) throws IOException {
    List<ConsumerRecord<Void, byte[]>> all =
        Consumers.poll(config, consumer, POLL_TIMEOUT).records(partition);
    for (ConsumerRecord<Void, byte[]> record : all) {
      if (record.offset() < end) {
        records.add(record);
      }
    }
    next = Consumers.position(consumer, partition, all, next);
    if (next > end) {
      next = end;
      consumer.seek(partition, end);
    }
  }

  @Override
  public KafkaPoll getCurrent() {
    if (current == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return current;
  }

  @Override
  public Instant getCurrentTimestamp() {
    if (current == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return currentTimestamp;
  }

  @Override
  public Instant getWatermark() {
    return Consumers.timestamp(clock);
  }

  /** Decides, once per micro-batch that was read, where the next one ends. */
  @Override
  public MicroBatchMark getCheckpointMark() {
    if (read) {
      try {
        decide();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        read = false;
      }
    }
    return new MicroBatchMark(number, start, end, startClock);
  }

  private void decide() throws IOException {
    MicroBatchPlan plan = plan(consumer);
    if (plan == null) {
      plan = MicroBatchPlan.begin(job, next);
    }
    long last = Consumers.endOffsets(config, consumer, List.of(partition)).get(partition);
    metrics.set(Math.max(0, last - next), clock);
    OptionalLong decided = plan.end(number + 1);
    if (decided.isPresent()) {
      end = decided.getAsLong();
    } else if (plan.continuesWith(number + 1)) {
      end = Math.max(next, Math.min(last, next + MOST_MESSAGES));
      commit(plan.with(end));
    } else {
      throw new IOException(
          "Micro-batch "
              + (number + 1)
              + " of "
              + partition
              + " is to be computed again, but where it ended is forgotten: group "
              + config.groupId()
              + " remembers "
              + plan.ends().size()
              + " from "
              + plan.first()
              + ". Start without Spark's checkpoint; with --kafkaStart=earliest nothing is lost");
    }
    number++;
    start = next;
    startClock = clock;
  }

  /** What is remembered of this job; null when nothing is. */
  private MicroBatchPlan plan(Consumer<Void, byte[]> opened) throws IOException {
    try {
      return StartClocks.plan(
          opened.committed(Set.of(partition), REQUEST_TIMEOUT).get(partition), job);
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
  }

  /**
   * Commits the plan, and where this micro-batch began, which shows the lag. What is before it need
   * not be written yet: the runner reads ahead when micro-batches queue up.
   */
  private void commit(MicroBatchPlan plan) throws IOException {
    try {
      consumer.commitSync(
          Map.of(partition, StartClocks.toCommit(start, startClock, plan)), REQUEST_TIMEOUT);
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
  }

  @Override
  public MicroBatchSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close(CLOSE_TIMEOUT);
      consumer = null;
    }
  }
}
