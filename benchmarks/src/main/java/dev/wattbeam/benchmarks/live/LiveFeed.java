package dev.wattbeam.benchmarks.live;

import dev.wattbeam.benchmarks.BenchmarkException;
import dev.wattbeam.benchmarks.Messages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends messages at a rate that can be changed. Each message has its moment, and a feed that cannot
 * keep up counts as delay, like any other.
 */
final class LiveFeed implements AutoCloseable {
  private static final long SEED = 20_240_301;

  private final int meters;
  private final int periodSeconds;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final LongAdder sent = new LongAdder();

  /** By partition: how long the message that is being sent has been due. */
  private final AtomicLongArray overdueMillis = new AtomicLongArray(Messages.PARTITIONS);

  private volatile List<Pace> paces;
  private volatile boolean closed;

  /** Starts to send to a topic of {@link Messages#PARTITIONS} partitions. */
  LiveFeed(String bootstrapServers, String topic, int meters, int periodSeconds, double perSecond) {
    this.meters = meters;
    this.periodSeconds = periodSeconds;
    paces = List.of(new Pace(Messages.START_MILLIS, System.currentTimeMillis(), speed(perSecond)));
    for (int p = 0; p < Messages.PARTITIONS; p++) {
      int partition = p;
      Thread thread =
          new Thread(() -> send(bootstrapServers, topic, partition), "feed-" + partition);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** How many times as fast as the clock time has to go for this many messages per second. */
  double speed(double perSecond) {
    return perSecond * periodSeconds / meters;
  }

  /** From now on this many messages per second. */
  void setRate(double perSecond) {
    List<Pace> more = new ArrayList<>(paces);
    more.add(pace().turnTo(speed(perSecond), System.currentTimeMillis()));
    paces = List.copyOf(more);
  }

  private Pace pace() {
    return paces.get(paces.size() - 1);
  }

  /** When a message of this time was due, by the clock. */
  long dueAt(long timeMillis) {
    Pace found = paces.get(0);
    for (Pace pace : paces) {
      if (pace.sinceMillis() <= timeMillis) {
        found = pace;
      }
    }
    return found.clockAt(timeMillis);
  }

  /** Time that has gone by in the messages, in days. */
  double days() {
    return (pace().timeAt(System.currentTimeMillis()) - Messages.START_MILLIS) / 86_400_000.0;
  }

  /** About how many messages should have been sent by now and were not. */
  double overdue() {
    double seconds = 0;
    for (int p = 0; p < overdueMillis.length(); p++) {
      seconds += overdueMillis.get(p) / 1e3 * pace().speed();
    }
    return seconds / periodSeconds * meters / overdueMillis.length();
  }

  /** How long the messages of a period take by the clock; they come in bursts. */
  double secondsOfPeriod() {
    return periodSeconds / pace().speed();
  }

  /** Messages sent so far. */
  long sent() {
    if (failure.get() != null) {
      throw new BenchmarkException("Kafka refuses a message: " + failure.get(), failure.get());
    }
    return sent.sum();
  }

  private void send(String bootstrapServers, String topic, int partition) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    Messages messages = Messages.every(periodSeconds, meters, SEED, partition);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      Map<Integer, byte[]> keys = new HashMap<>();
      while (!closed && failure.get() == null && messages.next()) {
        waitUntilDue(partition, messages.sentMillis());
        Messages.Message message = messages.message();
        byte[] key =
            keys.computeIfAbsent(
                message.meter(),
                meter -> Messages.meterName(meter).getBytes(StandardCharsets.US_ASCII));
        var unused =
            producer.send(
                new ProducerRecord<>(topic, partition, messages.sentMillis(), key, message.json()),
                (done, e) -> failure.compareAndSet(null, e));
        sent.increment();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void waitUntilDue(int partition, long timeMillis) throws InterruptedException {
    long wait = pace().clockAt(timeMillis) - System.currentTimeMillis();
    while (wait > 0 && !closed) {
      overdueMillis.set(partition, 0);
      // The rate may change meanwhile.
      TimeUnit.MILLISECONDS.sleep(Math.min(wait, 100));
      wait = pace().clockAt(timeMillis) - System.currentTimeMillis();
    }
    overdueMillis.set(partition, Math.max(0, -wait));
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
