package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.MeterHours;
import dev.wattbeam.benchmarks.parts.ReadingTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Repartitioned;

/** The workloads on Kafka Streams, with its threads in this process. */
public final class StreamsContender {
  private static final long MINUTE_MILLIS = 60_000L;

  private StreamsContender() {}

  /** Runs a workload to the end of the topic. */
  public static void main(String[] args) throws Exception {
    ContenderOptions options = ContenderOptions.parse(args);
    try (Run run = new Run(options);
        KafkaStreams streams = new KafkaStreams(topology(run), settings(options))) {
      streams.setUncaughtExceptionHandler(
          failure -> {
            run.failed(failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          });
      streams.start();
      run.await();
      // All rows are written; a slow good-bye to the broker is no failure.
      if (streams.close(Duration.ofSeconds(60))) {
        streams.cleanUp();
      }
    }
  }

  private static Topology topology(Run run) {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<byte[], byte[]> messages =
        builder.stream(
            run.options().topic(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()));
    switch (run.options().workload()) {
      case DOWNSAMPLING -> read(messages, run, MINUTE_MILLIS, source -> new Downsampling(run));
      case HOUR_OF_DAY -> read(messages, run, MeterHours.HOUR_MILLIS, source -> new HourOfDay(run));
      case HIERARCHY ->
          read(messages, run, MINUTE_MILLIS, source -> new Hierarchy.Partial(run, source))
              .repartition(byKey(run))
              .process(() -> new TaskWork.Delegate<>(run, partition -> new Hierarchy.Total(run)));
      case WHOLE_JOB ->
          messages
              .process(
                  () -> new TaskWork.Delegate<>(run, source -> new WholeJob.Meters(run, source)))
              .repartition(byKey(run))
              .process(() -> new TaskWork.Delegate<>(run, partition -> new WholeJob.Groups(run)));
    }
    return builder.build();
  }

  /** Makes what is done with the spans of a partition. */
  private interface OutputFactory {
    ReadPanes.Output open(int source) throws SQLException;
  }

  private static KStream<Integer, byte[]> read(
      KStream<byte[], byte[]> messages, Run run, long paneMillis, OutputFactory outputs) {
    return messages.process(
        () ->
            new TaskWork.Delegate<>(
                run, source -> new ReadPanes(run.size(source), paneMillis, outputs.open(source))));
  }

  /** The key is the partition. */
  private static Repartitioned<Integer, byte[]> byKey(Run run) {
    return Repartitioned.with(Serdes.Integer(), Serdes.ByteArray())
        .withName("partial")
        .withNumberOfPartitions(run.repartitions())
        .withStreamPartitioner((topic, key, value, partitions) -> key);
  }

  private static Properties settings(ContenderOptions options) throws IOException {
    Properties settings = new Properties();
    ReadingTopic.consumerProperties(options.bootstrapServers())
        .forEach((name, value) -> settings.put(StreamsConfig.consumerPrefix((String) name), value));
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServers());
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "kafka-streams-" + UUID.randomUUID());
    settings.put(
        StreamsConfig.STATE_DIR_CONFIG, Files.createTempDirectory("kafka-streams-").toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.parallelism());
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 20_000);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 30_000);
    // A task has one partition, so there is none to wait for, and none to look for per message.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    return settings;
  }
}
