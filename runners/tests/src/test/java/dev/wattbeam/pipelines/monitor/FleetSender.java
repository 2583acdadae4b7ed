package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.demo.simulator.DefectShares;
import dev.wattbeam.demo.simulator.Delivery;
import dev.wattbeam.demo.simulator.DeliveryPacer;
import dev.wattbeam.demo.simulator.Fleet;
import dev.wattbeam.demo.simulator.FleetSimulator;
import dev.wattbeam.demo.simulator.SimulatorConfig;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.oracle.SequentialModel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A seeded fleet with all defects that sends all the time, whatever happens to the broker. Its
 * clock begins half a day before Europe's clocks change and runs some hundred times as fast as real
 * time; 600 times makes some 700 messages a second.
 */
final class FleetSender implements AutoCloseable {
  static final int PARTITIONS = 4;
  static final Duration ALLOWED_LATENESS = Duration.ofHours(6);

  private static final int METERS = 120;
  private static final Instant START = Instant.parse("2024-03-30T12:00:00Z");

  /** Longer than any outage of the broker. */
  private static final int PATIENCE_MILLIS = (int) Duration.ofMinutes(10).toMillis();

  private final String servers;
  private final String topic;
  private final double speedUp;
  private final FleetSimulator simulator;
  private final Thread thread = new Thread(this::send, "fleet");
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile Instant clock = START;
  private volatile boolean stopped;

  FleetSender(long seed, double speedUp, String servers, String topic) {
    this.speedUp = speedUp;
    this.servers = servers;
    this.topic = topic;
    this.simulator =
        FleetSimulator.of(
            SimulatorConfig.of(METERS, seed, START)
                .withMix(new SimulatorConfig.Mix(0.4, 0.3, 0.3, 0, 60))
                .withLateness(ALLOWED_LATENESS, Duration.ofHours(5))
                .withDefects(DefectShares.DEFAULT.times(2)));
  }

  DirectoryEntries directory() {
    Fleet fleet = simulator.fleet();
    return new DirectoryEntries(fleet.meters(), fleet.groups(), fleet.memberships());
  }

  /** The judge of what is made of the messages. */
  SequentialModel model() {
    return new SequentialModel(
        simulator.fleet().toDirectory(),
        SequentialModel.Limits.DEFAULT.withAllowedLateness(ALLOWED_LATENESS.toMillis()));
  }

  void start() {
    thread.start();
  }

  /** The simulated time up to which has been sent. */
  Instant clock() {
    return clock;
  }

  /** Stops, and gives the number of messages that the broker has. */
  long stop() throws Exception {
    stopped = true;
    thread.join();
    if (failure.get() != null) {
      throw failure.get();
    }
    return acknowledged.get();
  }

  private void send() {
    try (Producer<byte[], byte[]> producer = producer()) {
      DeliveryPacer pacer = DeliveryPacer.speedUp(speedUp, START, Clock.systemUTC());
      while (!stopped) {
        Delivery delivery = simulator.next();
        pacer.await(delivery);
        producer.send(
            new ProducerRecord<>(
                topic,
                Math.floorMod(delivery.key().hashCode(), PARTITIONS),
                delivery.deliveryTimeMillis(),
                delivery.key().getBytes(StandardCharsets.UTF_8),
                delivery.payload()),
            (sent, e) -> {
              if (e == null) {
                acknowledged.incrementAndGet();
              } else {
                failure.compareAndSet(null, e);
              }
            });
        clock = Instant.ofEpochMilli(delivery.deliveryTimeMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.LINGER_MS_CONFIG,
            20,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            PATIENCE_MILLIS,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            PATIENCE_MILLIS),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
  }
}
