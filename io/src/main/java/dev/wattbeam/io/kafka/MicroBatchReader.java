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
 *
 * <p>What is read depends on the {@link MicroBatchTurn} of the thread alone. The reader itself
 * remembers nothing, not even a consumer: it may be kept over micro-batches that others computed,
 * used by two threads, or closed while it is used.
 */
final class MicroBatchReader extends UnboundedSource.UnboundedReader<KafkaPoll> {
  /**
   * Most messages of a micro-batch and partition: some 15 MB, and a second's work. What the runner
   * keeps in memory grows with it; the throughput per partition is at most this per micro-batch.
   */
  static final int MOST_MESSAGES = 100_000;

  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final MicroBatchSource source;
  private final KafkaConfig config;
  private final ClockLimits limits;
  private final String pipelineName;
  private final String job;
  private final TopicPartition partition;
  private final PartitionMetrics metrics;

  /** A reader of one partition. */
  MicroBatchReader(
      MicroBatchSource source,
      KafkaConfig config,
      ClockLimits limits,
      String pipelineName,
      String job,
      int partition) {
    this.source = source;
    this.config = config;
    this.limits = limits;
    this.pipelineName = pipelineName;
    this.job = job;
    this.partition = new TopicPartition(config.topic(), partition);
    this.metrics = new PartitionMetrics(partition);
  }

  @Override
  public boolean start() throws IOException {
    return advance();
  }

  @Override
  public boolean advance() throws IOException {
    MicroBatchTurn turn = MicroBatchTurn.here();
    if (turn.isRead()) {
      return false;
    }
    Consumer<Void, byte[]> consumer = Consumers.open(config);
    try {
      MicroBatchMark mark = turn.mark() == null ? begin(consumer) : turn.mark();
      consumer.assign(List.of(partition));
      consumer.seek(partition, mark.start());
      List<ConsumerRecord<Void, byte[]>> records = readToEnd(consumer, mark);
      PollParser parser = parse(mark, records);
      MicroBatchMark next = decideNext(consumer, mark, parser.clock());
      turn.read(records.isEmpty() ? null : parser.end(), next);
      return !records.isEmpty();
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    } finally {
      consumer.close(CLOSE_TIMEOUT);
    }
  }

  /** Where a job begins. */
  private MicroBatchMark begin(Consumer<Void, byte[]> consumer) throws IOException {
    MicroBatchPlan known = plan(consumer);
    Map<TopicPartition, Long> starts =
        known != null && known.first() == 0
            ? Map.of(partition, known.start())
            : Consumers.startOffsets(config, consumer, List.of(partition));
    long start = starts.get(partition);
    long clock = StartClocks.find(config, limits, consumer, starts).get(partition);
    return new MicroBatchMark(MicroBatchMark.NOT_BEGUN, start, start, clock);
  }

  private List<ConsumerRecord<Void, byte[]>> readToEnd(
      Consumer<Void, byte[]> consumer, MicroBatchMark mark) throws IOException {
    List<ConsumerRecord<Void, byte[]>> records = new ArrayList<>();
    long next = mark.start();
    long progressNanos = System.nanoTime();
    while (next < mark.end()) {
      List<ConsumerRecord<Void, byte[]>> polled =
          Consumers.poll(config, consumer, POLL_TIMEOUT).records(partition);
      for (ConsumerRecord<Void, byte[]> record : polled) {
        if (record.offset() < mark.end()) {
          records.add(record);
        }
      }
      long before = next;
      next = Consumers.position(consumer, partition, polled, next);
      if (next > before) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > PATIENCE.toNanos()) {
        throw Consumers.silent(config, PATIENCE, partition);
      }
    }
    return records;
  }

  private PollParser parse(MicroBatchMark mark, List<ConsumerRecord<Void, byte[]>> records) {
    PollParser parser = new PollParser(config, limits, pipelineName);
    parser.begin(partition.partition(), mark.clock(), PartitionClocks.NONE, records.size());
    for (ConsumerRecord<Void, byte[]> record : records) {
      parser.add(record.offset(), record.timestamp(), record.value());
    }
    return parser;
  }

  /** Decides, once per micro-batch, where the next one ends. */
  private MicroBatchMark decideNext(
      Consumer<Void, byte[]> consumer, MicroBatchMark mark, long clock) throws IOException {
    MicroBatchPlan plan = plan(consumer);
    if (plan == null) {
      plan = MicroBatchPlan.begin(job, mark.end());
    }
    long next = mark.number() + 1;
    long last = Consumers.endOffsets(config, consumer, List.of(partition)).get(partition);
    metrics.set(Math.max(0, last - mark.end()), clock);
    OptionalLong decided = plan.end(next);
    if (decided.isPresent()) {
      return new MicroBatchMark(next, mark.end(), decided.getAsLong(), clock);
    }
    if (plan.continuesWith(next)) {
      long end = Math.max(mark.end(), Math.min(last, mark.end() + MOST_MESSAGES));
      commit(consumer, mark, plan.with(end));
      return new MicroBatchMark(next, mark.end(), end, clock);
    }
    throw new IOException(
        "Micro-batch "
            + next
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

  /** What is remembered of this job; null when nothing is. */
  private MicroBatchPlan plan(Consumer<Void, byte[]> consumer) {
    return StartClocks.plan(
        consumer.committed(Set.of(partition), REQUEST_TIMEOUT).get(partition), job);
  }

  /**
   * Commits the plan, and where this micro-batch began, which shows the lag. What is before it need
   * not be written yet: the runner reads ahead when micro-batches queue up.
   */
  private void commit(Consumer<Void, byte[]> consumer, MicroBatchMark mark, MicroBatchPlan plan) {
    consumer.commitSync(
        Map.of(partition, StartClocks.toCommit(mark.start(), mark.clock(), plan)), REQUEST_TIMEOUT);
  }

  @Override
  public KafkaPoll getCurrent() {
    KafkaPoll poll = MicroBatchTurn.here().poll();
    if (poll == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return poll;
  }

  @Override
  public Instant getCurrentTimestamp() {
    MicroBatchMark mark = MicroBatchTurn.here().mark();
    if (mark == null) {
      throw new NoSuchElementException("Nothing was read");
    }
    return Consumers.timestamp(mark.clock());
  }

  @Override
  public Instant getWatermark() {
    return Consumers.timestamp(getCheckpointMark().clock());
  }

  @Override
  public MicroBatchMark getCheckpointMark() {
    try {
      return MicroBatchTurn.here().end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public MicroBatchSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {}
}
