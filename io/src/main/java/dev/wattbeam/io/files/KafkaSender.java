package dev.wattbeam.io.files;

import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.KafkaTopics;
import dev.wattbeam.io.kafka.KafkaUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends readings to one Kafka topic, in large compressed batches, each exactly once per partition
 * (idempotent, acknowledged by all replicas). The key is the meter, so a meter's readings keep
 * their order; the timestamp is the moment of sending. A message that does not arrive is an error
 * of the next call, never a silence.
 */
public final class KafkaSender implements AutoCloseable {
  private static final int ANSWER_SECONDS = 10;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private String lastKey;
  private byte[] lastKeyBytes;
  private long sent;

  private KafkaSender(KafkaProducer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /**
   * Connects, and looks whether the topic exists.
   *
   * @throws IOException when no broker answers or the topic does not exist; the message says what
   *     to do
   */
  public static KafkaSender open(KafkaConfig config) throws IOException {
    try {
      KafkaTopics.check(config);
    } catch (KafkaUnavailableException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
    settings.putAll(config.clientProperties());
    // What the promises above depend on is not for the properties to change.
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try {
      return new KafkaSender(
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
          config.topic());
    } catch (KafkaException e) {
      throw new IOException("Kafka's producer does not start: " + rootMessage(e), e);
    }
  }

  /**
   * Makes the topic unless it exists.
   *
   * @param partitions of a new topic; an existing one stays as it is
   * @return whether it was made
   * @throws IOException when no broker answers or it refuses
   */
  public static boolean createTopic(KafkaConfig config, int partitions) throws IOException {
    Map<String, Object> settings = new HashMap<>(config.clientProperties());
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_SECONDS * 1000);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_SECONDS * 500);
    Admin admin;
    try {
      admin = Admin.create(settings);
    } catch (KafkaException e) {
      throw noTopic(config, e);
    }
    try {
      NewTopic wanted = new NewTopic(config.topic(), Optional.of(partitions), Optional.empty());
      admin.createTopics(List.of(wanted)).all().get(ANSWER_SECONDS + 1, TimeUnit.SECONDS);
      awaitTopic(admin, config.topic());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for Kafka", e);
    } catch (TimeoutException e) {
      throw noTopic(config, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw noTopic(config, e.getCause());
    } finally {
      admin.close(Duration.ofMillis(500));
    }
  }

  /** A broker that was told of the topic may be another than the one that is asked next. */
  private static void awaitTopic(Admin admin, String topic)
      throws ExecutionException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
    while (true) {
      try {
        admin
            .describeTopics(List.of(topic))
            .allTopicNames()
            .get(ANSWER_SECONDS + 1, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static IOException noTopic(KafkaConfig config, Throwable cause) {
    return new IOException(
        "Topic "
            + config.topic()
            + " cannot be made at "
            + config.bootstrapServers()
            + " ("
            + rootMessage(cause)
            + "); check that the broker runs and --kafkaBootstrapServers",
        cause);
  }

  /**
   * Hands a message to the producer; waits while its buffer is full.
   *
   * @param key the meter, or null when it is unknown
   * @throws IOException when this or an earlier message could not be sent
   */
  public void send(String key, byte[] payload) throws IOException {
    throwFailure();
    try {
      producer.send(
          new ProducerRecord<>(topic, keyBytes(key), payload),
          (metadata, exception) -> {
            if (exception != null) {
              failure.compareAndSet(null, exception);
            }
          });
    } catch (KafkaException e) {
      throw failed(e);
    }
    sent++;
  }

  private byte[] keyBytes(String key) {
    if (key == null) {
      return null;
    }
    if (!key.equals(lastKey)) {
      lastKey = key;
      lastKeyBytes = key.getBytes(StandardCharsets.UTF_8);
    }
    return lastKeyBytes;
  }

  /**
   * Waits until the broker has everything.
   *
   * @throws IOException when a message could not be sent
   */
  public void flush() throws IOException {
    try {
      producer.flush();
    } catch (KafkaException e) {
      throw failed(e);
    }
    throwFailure();
  }

  private void throwFailure() throws IOException {
    Exception first = failure.get();
    if (first != null) {
      throw failed(first);
    }
  }

  private IOException failed(Exception cause) {
    return new IOException(
        "Sending to topic " + topic + " failed; not all readings arrived: " + rootMessage(cause),
        cause);
  }

  /** Messages handed over so far; after {@link #flush} they are all stored. */
  public long sent() {
    return sent;
  }

  /** Closes the connection; does not wait longer than some seconds for what was not flushed. */
  @Override
  public void close() {
    producer.close(Duration.ofSeconds(ANSWER_SECONDS));
  }

  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return message.replace('\n', ' ');
  }
}
