package dev.wattbeam.benchmarks.threads;

import dev.wattbeam.benchmarks.parts.ReadingTopic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads some partitions of a topic from their beginning to a given end. */
final class PartitionReader {
  private static final Duration WAIT = Duration.ofMillis(100);

  /** What is done with the messages. */
  interface Polls {
    /** Takes what one poll brought of one partition. */
    void poll(int partition, List<ConsumerRecord<byte[], byte[]>> messages) throws Exception;

    /** A partition has been read to its end. */
    default void end(int partition) throws Exception {}

    /** All partitions have. */
    default void done() throws Exception {}
  }

  private PartitionReader() {}

  /** The partitions of one of several threads. */
  static List<Integer> ofThread(int thread, int threads, int partitions) {
    return IntStream.range(0, partitions).filter(p -> p % threads == thread).boxed().toList();
  }

  /**
   * Reads.
   *
   * @param sizes number of messages of each partition
   */
  static void read(
      String bootstrapServers,
      String topic,
      List<Integer> partitions,
      Map<Integer, Long> sizes,
      Polls out)
      throws Exception {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            ReadingTopic.consumerProperties(bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> assigned =
          partitions.stream().map(partition -> new TopicPartition(topic, partition)).toList();
      consumer.assign(assigned);
      consumer.seekToBeginning(assigned);
      int unfinished = 0;
      for (int partition : partitions) {
        if (sizes.get(partition) == 0) {
          out.end(partition);
        } else {
          unfinished++;
        }
      }
      while (unfinished > 0) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(WAIT);
        for (TopicPartition at : polled.partitions()) {
          out.poll(at.partition(), polled.records(at));
          if (consumer.position(at) >= sizes.get(at.partition())) {
            out.end(at.partition());
            unfinished--;
          }
        }
      }
    }
    out.done();
  }
}
