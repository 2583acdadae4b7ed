package dev.wattbeam.demo;

import dev.wattbeam.demo.simulator.DefectShares;
import dev.wattbeam.demo.simulator.Delivery;
import dev.wattbeam.demo.simulator.DeliveryPacer;
import dev.wattbeam.demo.simulator.Fleet;
import dev.wattbeam.demo.simulator.FleetSimulator;
import dev.wattbeam.demo.simulator.SimulatorConfig;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * A simulated fleet: some hours of history at full speed, then at a pace.
 *
 * <p>Kept data can be continued: the simulation is deterministic, so it starts again from its
 * beginning and leaves out as many deliveries of each partition as the topic already holds. That
 * also gives it the whole truth again.
 */
final class SimulatedFeed implements Feed {
  /** So that complete intervals are there at once. */
  private static final Duration HISTORY = Duration.ofHours(2);

  /** The simulated clock begins so far back that it reaches the real one after this time. */
  private static final Duration USUAL_RUN = Duration.ofHours(1);

  private static final long LOOK_UP_MILLIS = 100;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final DemoConfig config;
  private final String topic;
  private final FleetSimulator simulator;
  private final TruthCheck check;
  private final ExecutorService thread = Threads.daemons("simulator", 1);
  private final AtomicLong published = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Instant now;
  private volatile boolean stopped;
  private Future<?> running;

  private SimulatedFeed(DemoConfig config, String topic, FleetSimulator simulator) {
    this.config = config;
    this.topic = topic;
    this.simulator = simulator;
    this.check = new TruthCheck(simulator.truth(), simulator.config().start());
    this.now = simulator.config().start();
  }

  /**
   * The fleet of the data directory, or a new one.
   *
   * @throws DemoException when the directory holds another fleet than the options ask for
   */
  static SimulatedFeed open(DemoConfig config, DataDirectory directory, String topic)
      throws IOException {
    SimulationFile file =
        SimulationFile.openOrMake(config, directory.simulation(), newStart(config));
    SimulatorConfig fleet =
        SimulatorConfig.of(config.meters(), config.seed(), file.start())
            .withDefects(DefectShares.DEFAULT.times(config.defects()));
    return new SimulatedFeed(config, topic, FleetSimulator.of(fleet));
  }

  private static Instant newStart(DemoConfig config) {
    Instant start = Instant.now().minus(HISTORY);
    if (config.speedUp() > 1) {
      Duration run = config.duration() == null ? USUAL_RUN : config.duration();
      start = start.minusMillis((long) (run.toMillis() * config.speedUp()));
    }
    return start.truncatedTo(ChronoUnit.HOURS);
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%,d simulated meters (%,d channels) %s, from %s UTC on: %d h at once, then %s times real"
            + " time",
        simulator.fleet().meters().size(),
        simulator.truth().channels().size(),
        config.defects() == 0 ? "without defects" : "with defects",
        CLOCK.format(simulator.config().start()),
        HISTORY.toHours(),
        config.speedUp());
  }

  @Override
  public void register(MeterDirectoryStore store) {
    Fleet fleet = simulator.fleet();
    store.save(new DirectoryEntries(fleet.meters(), fleet.groups(), fleet.memberships()));
  }

  @Override
  public void start(Servers servers) {
    String bootstrap = servers.kafka().bootstrapServers();
    running = thread.submit(() -> run(bootstrap));
  }

  private void run(String bootstrap) {
    try (Producer<byte[], byte[]> producer = producer(bootstrap)) {
      deliver(producer, held(bootstrap));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed: the demo ends.
    } catch (KafkaException e) {
      failure.compareAndSet(null, e);
    }
  }

  private static Producer<byte[], byte[]> producer(String bootstrap) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.LINGER_MS_CONFIG,
            20,
            ProducerConfig.BATCH_SIZE_CONFIG,
            128 * 1024,
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            "lz4"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Deliveries that each partition of the topic holds from former runs. */
  private long[] held(String bootstrap) {
    List<TopicPartition> partitions =
        IntStream.range(0, DemoConfig.PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toList());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      return partitions.stream().mapToLong(ends::get).toArray();
    }
  }

  private void deliver(Producer<byte[], byte[]> producer, long[] held) throws InterruptedException {
    Instant historyEnd = simulator.config().start().plus(HISTORY);
    DeliveryPacer pacer = null;
    while (!stopped && failure.get() == null) {
      Delivery delivery = simulator.next();
      if (delivery == null) {
        return;
      }
      byte[] key = delivery.key().getBytes(StandardCharsets.UTF_8);
      int partition = Utils.toPositive(Utils.murmur2(key)) % DemoConfig.PARTITIONS;
      now = Instant.ofEpochMilli(delivery.deliveryTimeMillis());
      if (held[partition] > 0) {
        held[partition]--;
        published.incrementAndGet();
        continue;
      }
      if (pacer == null && !now.isBefore(historyEnd)) {
        pacer = pacer();
      }
      if (pacer != null) {
        await(pacer, delivery);
      }
      // The simulator has counted it already, so it is sent even when it is time to stop.
      send(producer, partition, key, delivery);
    }
  }

  private DeliveryPacer pacer() {
    Clock clock = Clock.systemUTC();
    return config.speedUp() == 1
        ? DeliveryPacer.live(clock)
        : DeliveryPacer.speedUp(config.speedUp(), now, clock);
  }

  /** Waits until a delivery is due, or until the feed is stopped. */
  private void await(DeliveryPacer pacer, Delivery delivery) throws InterruptedException {
    for (long wait = pacer.millisUntil(delivery.deliveryTimeMillis());
        wait > 0 && !stopped;
        wait = pacer.millisUntil(delivery.deliveryTimeMillis())) {
      Thread.sleep(Math.min(wait, LOOK_UP_MILLIS));
    }
  }

  private void send(
      Producer<byte[], byte[]> producer, int partition, byte[] key, Delivery delivery) {
    producer.send(
        // The pipeline judges times in the future against this one, so it is simulated too.
        new ProducerRecord<>(
            topic, partition, delivery.deliveryTimeMillis(), key, delivery.payload()),
        (sent, e) -> {
          if (e == null) {
            published.incrementAndGet();
          } else {
            failure.compareAndSet(null, e);
          }
        });
  }

  @Override
  public long published() {
    return published.get();
  }

  @Override
  public String clock() {
    return "simulated clock " + CLOCK.format(now) + " UTC";
  }

  @Override
  public boolean finished() {
    return running != null && running.isDone();
  }

  @Override
  public Throwable failure() {
    return failure.get();
  }

  @Override
  public List<String> verdict(Connection database, boolean fresh) throws SQLException {
    return check.verdict(database, fresh);
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    stop();
    thread.shutdownNow();
  }
}
