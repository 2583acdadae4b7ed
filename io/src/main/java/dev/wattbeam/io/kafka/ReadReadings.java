package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.joda.time.Instant;

/**
 * Reads a Kafka topic of readings in the wire format: batches of parsed readings, each with a dead
 * letter for each of its messages that is none.
 *
 * <p>The watermark is the lowest clock of the topic's partitions (highest plausible event time read
 * from each); partitions in which nothing happens do not hold it. The timestamp of an element is
 * not before the watermark that the reader had reported, so it is never late itself. Offsets are
 * committed to the consumer group after the runner's checkpoint is durable, never by a bounded
 * read; the own source commits the clocks with them.
 *
 * <p>Metrics, in the namespace {@link #METRICS}: counters {@code messages}, {@code bytes}, {@code
 * dead_letters_<CODE>}; distribution {@code poll_size} (messages per poll); gauges {@code
 * kafka_lag_<partition>} (messages) and {@code watermark_lag_millis_<partition>} (wall clock minus
 * the partition's clock).
 */
public final class ReadReadings extends PTransform<PBegin, PCollection<ReadingBatch>> {
  /** Name of this step in dead letters. */
  public static final String STEP = "ReadReadings";

  /** Namespace of the metrics. */
  public static final String METRICS = "wattbeam";

  private static final long serialVersionUID = 1L;

  private final KafkaConfig config;
  private final ClockLimits limits;
  private final String pipelineName;

  private ReadReadings(KafkaConfig config, ClockLimits limits, String pipelineName) {
    this.config = requireNonNull(config, "config");
    this.limits = requireNonNull(limits, "limits");
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /**
   * Reads the topic of a configuration.
   *
   * @param limits which event times may move the clock of a partition
   * @param pipelineName name in dead letters, such as {@code monitor-consumption}
   */
  public static ReadReadings from(KafkaConfig config, ClockLimits limits, String pipelineName) {
    return new ReadReadings(config, limits, pipelineName);
  }

  @Override
  public PCollection<ReadingBatch> expand(PBegin input) {
    PCollection<KafkaPoll> polls =
        switch (config.reader()) {
          case POLL, MICROBATCH -> polls(input);
          case KAFKAIO ->
              input
                  .apply("KafkaIO", kafkaIo())
                  .apply("ParseRecords", ParDo.of(new ParseRecordsFn(config, limits, pipelineName)))
                  .setCoder(KafkaPollCoder.of());
        };
    return polls
        .apply("CountMessages", ParDo.of(new CountMessagesFn()))
        .setCoder(ReadingBatchCoder.of());
  }

  private PCollection<KafkaPoll> polls(PBegin input) {
    ReadingPolls format = new ReadingPolls(limits, pipelineName);
    if (config.bounded()) {
      return input.apply(
          "PollKafkaToEnd", Read.from(new KafkaRangeSource<>(config, limits, format)));
    }
    return config.reader() == KafkaConfig.KafkaReader.MICROBATCH
        ? input.apply(
            "PollKafkaInBatches", Read.from(new MicroBatchSource(config, limits, pipelineName)))
        : input.apply("PollKafka", Read.from(new KafkaPollSource<>(config, limits, format)));
  }

  private KafkaIO.Read<byte[], byte[]> kafkaIo() {
    if (config.bounded()) {
      throw new IllegalArgumentException("KafkaIO cannot read a topic up to an end; use POLL");
    }
    Map<String, Object> properties = config.consumerProperties();
    properties.remove(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
    properties.put(
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
        config.start() == KafkaConfig.KafkaStart.LATEST ? "latest" : "earliest");
    KafkaIO.Read<byte[], byte[]> read =
        KafkaIO.readBytes()
            .withBootstrapServers(config.bootstrapServers())
            .withTopic(config.topic())
            .withTimestampPolicyFactory(new TopicClocks(config, limits));
    if (config.start() == KafkaConfig.KafkaStart.COMMITTED) {
      return read.withConsumerConfigUpdates(properties).commitOffsetsInFinalize();
    }
    // With a group, KafkaIO would begin where the group stopped, whatever is asked for.
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return read.withConsumerConfigUpdates(properties);
  }

  private static final class CountMessagesFn extends DoFn<KafkaPoll, ReadingBatch> {
    private static final long serialVersionUID = 1L;

    private final PollMetrics metrics = new PollMetrics();

    @ProcessElement
    public void process(@Element KafkaPoll poll, OutputReceiver<ReadingBatch> out) {
      metrics.count(poll);
      out.output(poll.readings());
    }
  }

  /**
   * Makes a poll of the messages of a partition that a bundle holds. The clock comes with each of
   * them ({@link TopicClocks}), since other instances of this step may have got those before.
   */
  private static final class ParseRecordsFn extends DoFn<KafkaRecord<byte[], byte[]>, KafkaPoll> {
    private static final long serialVersionUID = 1L;
    private static final int EXPECTED_SIZE = 1_000;

    private final KafkaConfig config;
    private final ClockLimits limits;
    private final String pipelineName;
    private transient Map<Integer, Partition> partitions;

    private ParseRecordsFn(KafkaConfig config, ClockLimits limits, String pipelineName) {
      this.config = config;
      this.limits = limits;
      this.pipelineName = pipelineName;
    }

    private static final class Partition {
      private final PollParser parser;
      private boolean open;
      private Instant timestamp;

      private Partition(PollParser parser) {
        this.parser = parser;
      }
    }

    @Setup
    public void setup() {
      partitions = new TreeMap<>();
    }

    @StartBundle
    public void start() {
      // What a failed bundle left behind comes again.
      partitions.values().forEach(partition -> partition.open = false);
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KafkaRecord<byte[], byte[]> record = context.element();
      Partition partition =
          partitions.computeIfAbsent(
              record.getPartition(),
              number -> new Partition(new PollParser(config, limits, pipelineName)));
      PollParser parser = partition.parser;
      long clock = TopicClocks.clock(context.timestamp());
      if (partition.open && (parser.clock() != clock || parser.size() >= config.maxPollRecords())) {
        context.output(parser.end());
        partition.open = false;
      }
      if (!partition.open) {
        parser.begin(record.getPartition(), clock, PartitionClocks.NONE, EXPECTED_SIZE);
        partition.timestamp = context.timestamp();
        partition.open = true;
      }
      parser.add(record.getOffset(), record.getTimestamp(), record.getKV().getValue());
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      for (Partition partition : partitions.values()) {
        if (partition.open) {
          context.output(partition.parser.end(), partition.timestamp, GlobalWindow.INSTANCE);
        }
      }
    }
  }
}
