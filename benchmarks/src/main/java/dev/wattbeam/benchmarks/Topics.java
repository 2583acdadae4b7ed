package dev.wattbeam.benchmarks;

import dev.wattbeam.benchmarks.parts.Workload;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics that hold {@link Messages}. */
public final class Topics {
  private Topics() {}

  /**
   * Sends the messages of a workload to an empty topic of {@link Messages#PARTITIONS} partitions,
   * each partition by a thread of its own.
   */
  public static void fill(
      String bootstrapServers, String topic, Workload workload, int meters, long records, long seed)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(Messages.PARTITIONS);
    try {
      List<Future<?>> parts = new ArrayList<>();
      for (int p = 0; p < Messages.PARTITIONS; p++) {
        int partition = p;
        parts.add(
            threads.submit(
                () ->
                    send(
                        bootstrapServers,
                        topic,
                        partition,
                        new Messages(workload, meters, records, seed, partition))));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new BenchmarkException("Cannot fill the topic " + topic + ": " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void send(
      String bootstrapServers, String topic, int partition, Messages messages) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 100);
    // The broker may not know yet that it leads a new topic. Of two batches on the way it could
    // refuse the
    // first and take the second, and then the first never fits any more.
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    // A busy machine is no reason to give up.
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 300_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600_000);
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      Map<Integer, byte[]> keys = new HashMap<>();
      while (messages.next() && failure.get() == null) {
        Messages.Message message = messages.message();
        byte[] key =
            keys.computeIfAbsent(
                message.meter(),
                meter -> Messages.meterName(meter).getBytes(StandardCharsets.US_ASCII));
        var unused =
            producer.send(
                new ProducerRecord<>(topic, partition, messages.sentMillis(), key, message.json()),
                (sent, e) -> failure.compareAndSet(null, e));
      }
      producer.flush();
    }
    if (failure.get() != null) {
      throw new BenchmarkException("Kafka refuses a message: " + failure.get(), failure.get());
    }
  }

  /** The broker's own count of what it has handed out of a topic; it has to run in this JVM. */
  public static long bytesOut(String topic) {
    return count("BytesOutPerSec", topic);
  }

  /** The broker's own count of what it has taken for a topic. */
  public static long bytesIn(String topic) {
    return count("BytesInPerSec", topic);
  }

  private static long count(String metric, String topic) {
    try {
      return (long)
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(
                  new ObjectName(
                      "kafka.server:type=BrokerTopicMetrics,name=" + metric + ",topic=" + topic),
                  "Count");
    } catch (InstanceNotFoundException e) {
      return 0;
    } catch (JMException e) {
      throw new BenchmarkException("Kafka's count of bytes cannot be read: " + e, e);
    }
  }

  /** Deletes a topic. */
  public static void delete(String bootstrapServers, String topic) throws InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers))) {
      admin.deleteTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      throw new BenchmarkException("Kafka does not delete " + topic + ": " + e.getCause(), e);
    }
  }
}
