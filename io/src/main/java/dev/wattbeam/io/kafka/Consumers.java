package dev.wattbeam.io.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The few things that the readers of this package do with a Kafka consumer. */
final class Consumers {
  /** How long a poll may wait: the runner's thread has other readers to serve. */
  static final Duration POLL_TIMEOUT = Duration.ofMillis(20);

  private static final Duration POSITION_TIMEOUT = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  private Consumers() {}

  /** The key is the name of the meter, which the message holds too. */
  private static final class IgnoredKey implements Deserializer<Void> {
    @Override
    public Void deserialize(String topic, byte[] data) {
      return null;
    }

    @Override
    public Void deserialize(String topic, Headers headers, ByteBuffer data) {
      return null;
    }
  }

  static Consumer<Void, byte[]> open(KafkaConfig config) throws IOException {
    return open(config, Map.of());
  }

  static Consumer<Void, byte[]> open(KafkaConfig config, Map<String, Object> changes)
      throws IOException {
    return open(config, changes, new IgnoredKey());
  }

  static <K> Consumer<K, byte[]> open(
      KafkaConfig config, Map<String, Object> changes, Deserializer<K> keys) throws IOException {
    Map<String, Object> properties = config.consumerProperties();
    properties.putAll(changes);
    try {
      return new KafkaConsumer<>(properties, keys, new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw failure(config, e);
    }
  }

  /** A failure of the client as the exception that Beam's readers may throw, in words. */
  static IOException failure(KafkaConfig config, KafkaException e) {
    if (e instanceof InterruptException) {
      // The runner stops the reader; this is no failure of Kafka.
      throw e;
    }
    return new IOException(KafkaTopics.inWords(config, e), e);
  }

  /** The failure of a read that has an end to reach and gets nothing. */
  static IOException silent(KafkaConfig config, Duration patience, TopicPartition partition) {
    return new IOException(
        "Kafka at "
            + config.bootstrapServers()
            + " gave nothing for "
            + patience.toSeconds()
            + " s, although "
            + partition
            + " is not at its end; check that the broker runs");
  }

  /** The partitions of the topic, in order. */
  static int[] partitions(KafkaConfig config, Consumer<?, ?> consumer) throws IOException {
    List<PartitionInfo> partitions;
    try {
      partitions = consumer.partitionsFor(config.topic(), START_TIMEOUT);
    } catch (KafkaException e) {
      throw failure(config, e);
    }
    if (partitions.isEmpty()) {
      throw new IOException(
          "Kafka at " + config.bootstrapServers() + " has no topic '" + config.topic() + "'");
    }
    return partitions.stream().mapToInt(PartitionInfo::partition).sorted().toArray();
  }

  /** Where to begin reading without a checkpoint. */
  static Map<TopicPartition, Long> startOffsets(
      KafkaConfig config, Consumer<?, ?> consumer, Collection<TopicPartition> partitions)
      throws IOException {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    try {
      if (config.start() == KafkaConfig.KafkaStart.LATEST) {
        return consumer.endOffsets(partitions, START_TIMEOUT);
      }
      Map<TopicPartition, Long> offsets =
          new HashMap<>(consumer.beginningOffsets(partitions, START_TIMEOUT));
      if (config.start() == KafkaConfig.KafkaStart.COMMITTED) {
        Map<TopicPartition, OffsetAndMetadata> committed =
            consumer.committed(Set.copyOf(partitions), START_TIMEOUT);
        committed.forEach(
            (partition, offset) -> {
              if (offset != null) {
                offsets.put(partition, offset.offset());
              }
            });
      }
      return offsets;
    } catch (KafkaException e) {
      throw failure(config, e);
    }
  }

  /**
   * The consumer's position after a poll. While a new leader's log is compared with the position
   * there is none; then what was polled tells, and only markers may be read over once more.
   */
  static <K> long position(
      Consumer<K, ?> consumer,
      TopicPartition partition,
      List<ConsumerRecord<K, byte[]>> polled,
      long before) {
    try {
      return consumer.position(partition, POSITION_TIMEOUT);
    } catch (TimeoutException e) {
      return polled.isEmpty() ? before : polled.get(polled.size() - 1).offset() + 1;
    }
  }

  /** Milliseconds as a timestamp that Beam can hold. */
  static Instant timestamp(long millis) {
    // An event time can be no later than Kafka's timestamps allow, so only the lower end matters.
    Instant lowest = BoundedWindow.TIMESTAMP_MIN_VALUE;
    return millis < lowest.getMillis() ? lowest : Instant.ofEpochMilli(millis);
  }

  static Map<TopicPartition, Long> endOffsets(
      KafkaConfig config, Consumer<?, ?> consumer, Collection<TopicPartition> partitions)
      throws IOException {
    try {
      return consumer.endOffsets(partitions, START_TIMEOUT);
    } catch (KafkaException e) {
      throw failure(config, e);
    }
  }

  /** Polls; gives nothing, and goes on with what is left, when the topic has lost the offsets. */
  static <K> ConsumerRecords<K, byte[]> poll(
      KafkaConfig config, Consumer<K, byte[]> consumer, Duration timeout) throws IOException {
    try {
      return consumer.poll(timeout);
    } catch (OffsetOutOfRangeException e) {
      recover(config, consumer, e);
      return ConsumerRecords.empty();
    }
  }

  /**
   * Goes on after offsets that the topic does not have: where retention has deleted them, with the
   * oldest that is left; beyond the end there is nothing sensible to do.
   */
  private static void recover(
      KafkaConfig config, Consumer<?, ?> consumer, OffsetOutOfRangeException gone)
      throws IOException {
    Map<TopicPartition, Long> wanted = gone.offsetOutOfRangePartitions();
    Map<TopicPartition, Long> oldest;
    try {
      oldest = consumer.beginningOffsets(wanted.keySet(), START_TIMEOUT);
    } catch (KafkaException e) {
      throw failure(config, e);
    }
    for (Map.Entry<TopicPartition, Long> entry : wanted.entrySet()) {
      long left = oldest.get(entry.getKey());
      if (entry.getValue() > left) {
        throw new IOException(
            "Offset "
                + entry.getValue()
                + " of "
                + entry.getKey()
                + " is beyond the end of the partition. Was the topic deleted and made again? Then"
                + " start without the old checkpoint and with another --kafkaGroupId");
      }
      LOG.warn(
          "{}: the offsets {} to {} were deleted by the topic's retention before they were read;"
              + " their readings are lost to this pipeline",
          entry.getKey(),
          entry.getValue(),
          left - 1);
      consumer.seek(entry.getKey(), left);
    }
  }
}
