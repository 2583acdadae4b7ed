package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads given offsets of a topic, each message as it is. Not thread-safe. */
public final class TopicReader implements AutoCloseable {
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KafkaConfig config;
  private final Consumer<byte[], byte[]> consumer;

  private TopicReader(KafkaConfig config, Consumer<byte[], byte[]> consumer) {
    this.config = config;
    this.consumer = consumer;
  }

  /** What gets the messages. */
  @FunctionalInterface
  public interface Output {
    void accept(ConsumerRecord<byte[], byte[]> message) throws IOException;
  }

  /** Connects. */
  public static TopicReader open(KafkaConfig config) throws IOException {
    return new TopicReader(config, Consumers.open(config, Map.of(), new ByteArrayDeserializer()));
  }

  /** What each partition holds: from the oldest offset to before the end of what is committed. */
  public Map<Integer, OffsetRange> ranges() throws IOException {
    List<TopicPartition> partitions =
        Arrays.stream(Consumers.partitions(config, consumer))
            .mapToObj(number -> new TopicPartition(config.topic(), number))
            .toList();
    Map<TopicPartition, Long> starts =
        Consumers.startOffsets(
            config.withStart(KafkaConfig.KafkaStart.EARLIEST), consumer, partitions);
    Map<TopicPartition, Long> ends = Consumers.endOffsets(config, consumer, partitions);
    Map<Integer, OffsetRange> ranges = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      ranges.put(
          partition.partition(), new OffsetRange(starts.get(partition), ends.get(partition)));
    }
    return ranges;
  }

  /**
   * Reads a range of a partition, in the order of the offsets; it has to lie within {@link
   * #ranges}. Where the topic's retention has deleted messages meanwhile, there are none.
   */
  public void read(int number, OffsetRange range, Output output) throws IOException {
    TopicPartition partition = new TopicPartition(config.topic(), number);
    try {
      consumer.assign(List.of(partition));
      consumer.seek(partition, range.getFrom());
      long position = range.getFrom();
      long progressNanos = System.nanoTime();
      while (position < range.getTo()) {
        List<ConsumerRecord<byte[], byte[]>> polled =
            Consumers.poll(config, consumer, POLL_TIMEOUT).records(partition);
        for (ConsumerRecord<byte[], byte[]> message : polled) {
          if (message.offset() < range.getTo()) {
            output.accept(message);
          }
        }
        long moved = Consumers.position(consumer, partition, polled, position);
        if (moved != position) {
          progressNanos = System.nanoTime();
        } else if (System.nanoTime() - progressNanos > PATIENCE.toNanos()) {
          throw Consumers.silent(config, PATIENCE, partition);
        }
        position = moved;
      }
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
  }

  @Override
  public void close() {
    consumer.close(Duration.ofSeconds(2));
  }
}
