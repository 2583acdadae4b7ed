package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of its own on the one broker of this test run. */
final class TestTopic {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Started with the first test. */
  private static final class Broker {
    static final EmbeddedKafka KAFKA = EmbeddedKafka.startTemporary();
    static final KafkaProducer<byte[], byte[]> PRODUCER =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                KAFKA.bootstrapServers(),
                // A message of 1 MB has to get through to be refused by the pipeline.
                "max.request.size",
                2 * 1024 * 1024,
                // The first request to a new topic may fail while the second one gets through.
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());

    static {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    PRODUCER.close(Duration.ofSeconds(1));
                    KAFKA.close();
                  }));
    }
  }

  private final String name;
  private final int partitions;

  private TestTopic(String name, int partitions) {
    this.name = name;
    this.partitions = partitions;
  }

  static TestTopic create(int partitions) {
    String name = "readings-" + NUMBER.incrementAndGet();
    Broker.KAFKA.createTopic(name, partitions);
    return new TestTopic(name, partitions);
  }

  static String servers() {
    return Broker.KAFKA.bootstrapServers();
  }

  String name() {
    return name;
  }

  /** Sends messages in their order and waits until the broker has them. */
  void send(Collection<Message> messages) {
    for (Message message : messages) {
      Broker.PRODUCER.send(
          new ProducerRecord<>(
              name, message.partition(), message.sentMillis(), null, message.payload()));
    }
    Broker.PRODUCER.flush();
  }

  /** Everything that the topic holds, partition by partition, as a plain consumer reads it. */
  List<ConsumerRecord<byte[], byte[]>> content() {
    return content(servers(), name, partitions);
  }

  /** Everything that a topic of any broker holds. */
  static List<ConsumerRecord<byte[], byte[]>> content(String servers, String name, int partitions) {
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(name, p)).toList();
    List<ConsumerRecord<byte[], byte[]>> content = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      for (TopicPartition partition : all) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofMillis(200)).forEach(content::add);
        }
      }
    }
    return content;
  }

  /** Offsets that a group has committed, by partition. */
  Map<Integer, Long> committed(String group) {
    Map<Integer, Long> offsets = new HashMap<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers()))) {
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return offsets;
  }

  /** Sets where a group begins with {@code kafkaStart=committed}, one offset per partition. */
  void commit(String group, Map<Integer, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            commits.put(new TopicPartition(name, partition), new OffsetAndMetadata(offset)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers()))) {
      admin.alterConsumerGroupOffsets(group, commits).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What retention does in time: forgets the messages before an offset, by partition. */
  void forgetBefore(Map<Integer, Long> offsets) {
    Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            deletions.put(
                new TopicPartition(name, partition), RecordsToDelete.beforeOffset(offset)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers()))) {
      admin.deleteRecords(deletions).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
