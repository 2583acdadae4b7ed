package dev.wattbeam.io.kafka;

import dev.wattbeam.model.GridSignal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What was sent to a topic of grid signals lately: the memory of a publisher that starts again. The
 * topic itself is what it has to agree with, so nothing else is kept.
 */
public final class RecentGridSignals {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private RecentGridSignals() {}

  /**
   * Hands over each signal that was sent at or after a moment, in the order of its partition. What
   * is no signal is left out: the ingesting pipeline makes a dead letter of it.
   *
   * @throws IOException when Kafka cannot be read
   */
  public static void read(KafkaConfig config, Instant since, Consumer<GridSignal> receiver)
      throws IOException {
    try (org.apache.kafka.clients.consumer.Consumer<Void, byte[]> consumer =
        Consumers.open(config)) {
      List<TopicPartition> partitions =
          Arrays.stream(Consumers.partitions(config, consumer))
              .mapToObj(number -> new TopicPartition(config.topic(), number))
              .toList();
      Map<TopicPartition, Long> left =
          new HashMap<>(Consumers.endOffsets(config, consumer, partitions));
      Map<TopicPartition, Long> wanted = new HashMap<>();
      partitions.forEach(partition -> wanted.put(partition, since.toEpochMilli()));
      Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted, TIMEOUT);
      left.keySet().removeIf(partition -> starts.get(partition) == null);
      consumer.assign(left.keySet());
      left.keySet().forEach(partition -> consumer.seek(partition, starts.get(partition).offset()));
      readToEnd(config, consumer, left, receiver);
    } catch (KafkaException e) {
      throw Consumers.failure(config, e);
    }
  }

  private static void readToEnd(
      KafkaConfig config,
      org.apache.kafka.clients.consumer.Consumer<Void, byte[]> consumer,
      Map<TopicPartition, Long> left,
      Consumer<GridSignal> receiver)
      throws IOException {
    long progressNanos = System.nanoTime();
    while (true) {
      left.entrySet().removeIf(end -> consumer.position(end.getKey(), TIMEOUT) >= end.getValue());
      if (left.isEmpty()) {
        return;
      }
      ConsumerRecords<Void, byte[]> polled = Consumers.poll(config, consumer, POLL_TIMEOUT);
      if (!polled.isEmpty()) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > PATIENCE.toNanos()) {
        throw Consumers.silent(config, PATIENCE, left.keySet().iterator().next());
      }
      for (ConsumerRecord<Void, byte[]> record : polled) {
        try {
          receiver.accept(
              GridSignalJson.parse(record.value(), record.timestamp(), config.maxMessageBytes()));
        } catch (GridSignalJson.InvalidSignalException e) {
          continue;
        }
      }
    }
  }
}
