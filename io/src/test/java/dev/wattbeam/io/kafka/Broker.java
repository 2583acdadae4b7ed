package dev.wattbeam.io.kafka;

import dev.wattbeam.embedded.EmbeddedKafka;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One real broker for all tests of this module, and the few things that they do with it. */
final class Broker implements ExtensionContext.Store.CloseableResource, AutoCloseable {
  /** Gives the broker to test methods that ask for it. */
  static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Broker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .getOrComputeIfAbsent(Broker.class, type -> new Broker(), Broker.class);
    }
  }

  private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
  private final AtomicInteger topics = new AtomicInteger();
  private final KafkaProducer<byte[], byte[]> producer =
      new KafkaProducer<>(
          Map.of(
              "bootstrap.servers",
              kafka.bootstrapServers(),
              // The first request to a new topic may fail while the second one gets through: then
              // the first one is out of sequence for ever.
              "max.in.flight.requests.per.connection",
              1),
          new ByteArraySerializer(),
          new ByteArraySerializer());

  String servers() {
    return kafka.bootstrapServers();
  }

  /** A new topic with a name of its own. */
  String topic(int partitions, Map<String, String> settings) {
    String name = "readings-" + topics.incrementAndGet();
    kafka.createTopic(name, partitions, settings);
    return name;
  }

  String topic(int partitions) {
    return topic(partitions, Map.of());
  }

  /** The usual configuration, with a group of its own and a short idle time. */
  KafkaConfig config(String topic) {
    KafkaConfig usual = KafkaConfig.of(servers(), topic);
    return new KafkaConfig(
        usual.bootstrapServers(),
        topic,
        "group-" + topic,
        usual.reader(),
        usual.start(),
        usual.bounded(),
        Duration.ofMillis(300),
        usual.maxMessageBytes(),
        usual.maxPollRecords(),
        Map.of());
  }

  void send(String topic, int partition, byte[] message) {
    get(producer.send(new ProducerRecord<>(topic, partition, null, message)));
  }

  void send(String topic, int partition, List<byte[]> messages) {
    Future<RecordMetadata> last = null;
    for (byte[] message : messages) {
      last = producer.send(new ProducerRecord<>(topic, partition, null, message));
    }
    producer.flush();
    if (last != null) {
      get(last);
    }
  }

  /**
   * Sends the messages in a transaction that is committed or aborted; it ends with a marker, which
   * the broker writes a little later.
   */
  void sendInTransaction(String topic, int partition, List<byte[]> messages, boolean commit) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", servers());
    properties.put("transactional.id", "transaction-" + topics.incrementAndGet());
    try (KafkaProducer<byte[], byte[]> transactional =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      transactional.initTransactions();
      transactional.beginTransaction();
      long end = 0;
      for (byte[] message : messages) {
        end =
            get(transactional.send(new ProducerRecord<>(topic, partition, null, message))).offset();
      }
      if (commit) {
        transactional.commitTransaction();
      } else {
        transactional.abortTransaction();
      }
      awaitEnd(new TopicPartition(topic, partition), end + 2);
    }
  }

  private void awaitEnd(TopicPartition partition, long offset) {
    ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    try (Admin admin = admin()) {
      while (get(admin
                  .listOffsets(Map.of(partition, OffsetSpec.latest()), committed)
                  .partitionResult(partition))
              .offset()
          < offset) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(partition + " has not come to offset " + offset);
        }
      }
    }
  }

  /** Deletes what retention would delete: everything before an offset. */
  void deleteBefore(String topic, int partition, long offset) {
    try (Admin admin = admin()) {
      get(
          admin
              .deleteRecords(
                  Map.of(
                      new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
              .all());
    }
  }

  /** Offsets that a group has committed. */
  Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    try (Admin admin = admin()) {
      return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    }
  }

  /** Sets where a group begins. */
  void commit(String group, String topic, int partition, OffsetAndMetadata offset) {
    try (Admin admin = admin()) {
      get(
          admin
              .alterConsumerGroupOffsets(
                  group, Map.of(new TopicPartition(topic, partition), offset))
              .all());
    }
  }

  Set<String> topics() {
    try (Admin admin = admin()) {
      return get(admin.listTopics().names());
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", (Object) servers()));
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
    kafka.close();
  }
}
