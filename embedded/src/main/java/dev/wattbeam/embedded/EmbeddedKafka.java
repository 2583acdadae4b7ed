package dev.wattbeam.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One Kafka broker that is its own controller (KRaft), in this process, on 127.0.0.1 without
 * encryption or passwords: for the demo, tests and benchmarks. Topics keep their records for ever.
 *
 * <p>{@link #stop()} and {@link #start()} simulate an outage: same data, same port.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int NODE_ID = 1;
  private static final int START_ATTEMPTS = 3;

  private final Path directory;
  private final boolean temporary;
  private int port;
  private KafkaRaftServer server;

  private EmbeddedKafka(Path directory, boolean temporary, int port) {
    this.directory = directory;
    this.temporary = temporary;
    this.port = port;
  }

  /**
   * Starts a broker on a data directory that is kept: a later start there finds the topics again.
   *
   * @param directory made if it does not exist; one broker at a time
   * @param port 0 for a free one
   * @throws EmbeddedServerException when the port is taken or the directory is not usable
   */
  public static EmbeddedKafka start(Path directory, int port) {
    return started(new EmbeddedKafka(directory.toAbsolutePath(), false, port));
  }

  /** Starts a broker on a free port with a directory that {@link #close()} deletes. */
  public static EmbeddedKafka startTemporary() {
    return started(new EmbeddedKafka(Directories.temporary("wattbeam-kafka-"), true, 0));
  }

  private static EmbeddedKafka started(EmbeddedKafka kafka) {
    boolean anyPort = kafka.port == 0;
    for (int attempt = 1; ; attempt++) {
      if (anyPort) {
        kafka.port = Ports.free();
      }
      try {
        kafka.start();
        return kafka;
      } catch (EmbeddedServerException e) {
        // A free port may be taken by somebody else between the search and the start.
        if (!anyPort || attempt == START_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Starts the broker again after {@link #stop()}, on the same data and port. */
  public synchronized void start() {
    if (server != null) {
      return;
    }
    Ports.requireFree(port, "Kafka", "--kafkaPort");
    Directories.create(directory);
    format();
    KafkaRaftServer starting = null;
    try {
      starting = new KafkaRaftServer(new KafkaConfig(settings(Ports.free())), Time.SYSTEM);
      starting.startup();
      server = starting;
    } catch (RuntimeException e) {
      if (starting != null) {
        starting.shutdown();
        starting.awaitShutdown();
      }
      throw new EmbeddedServerException(
          "Kafka does not start on 127.0.0.1:"
              + port
              + " with the data in "
              + directory
              + ": "
              + rootMessage(e),
          e);
    }
  }

  private void format() {
    // What the formatter would print tells nothing to somebody who did not ask for it.
    try (PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setClusterId(clusterId())
          .setNodeId(NODE_ID)
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .setControllerListenerName("CONTROLLER")
          .setIgnoreFormatted(true)
          .setPrintStream(nowhere)
          .run();
    } catch (Exception e) {
      throw new EmbeddedServerException(
          "Kafka's data directory "
              + directory
              + " cannot be used: "
              + rootMessage(e)
              + "; move it away to start with an empty one",
          e);
    }
  }

  /** The id that a former start wrote, as the formatter insists on it. */
  private String clusterId() throws IOException {
    Path meta = directory.resolve("meta.properties");
    if (Files.exists(meta)) {
      for (String line : Files.readAllLines(meta)) {
        if (line.startsWith("cluster.id=")) {
          return line.substring("cluster.id=".length()).trim();
        }
      }
    }
    return Uuid.randomUuid().toString();
  }

  private Map<String, Object> settings(int controllerPort) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("node.id", String.valueOf(NODE_ID));
    settings.put("process.roles", "broker,controller");
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    settings.put("log.dirs", directory.toString());

    // One broker: every internal topic has one copy.
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("default.replication.factor", "1");
    settings.put("auto.create.topics.enable", "false");

    settings.put("log.retention.ms", "-1");
    settings.put("log.retention.bytes", "-1");
    // Simulated time may run ahead of the wall clock.
    settings.put("log.message.timestamp.after.max.ms", String.valueOf(Long.MAX_VALUE));
    settings.put("message.max.bytes", String.valueOf(2 * 1024 * 1024));

    // Fast start, rebalance and stop.
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A broker that signed off may come back at once; one that was killed waits for its old
    // session.
    settings.put("controlled.shutdown.enable", "true");
    settings.put("controlled.shutdown.max.retries", "1");
    settings.put("controlled.shutdown.retry.backoff.ms", "100");
    settings.put("broker.session.timeout.ms", "4000");
    settings.put("initial.broker.registration.timeout.ms", "60000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 * 1024 * 1024));
    return settings;
  }

  /** Where clients connect, such as {@code 127.0.0.1:9092}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /**
   * Makes a topic; one that exists stays as it is.
   *
   * @return whether the topic is new
   * @throws EmbeddedServerException when the broker refuses, for example the name
   */
  public boolean createTopic(String name, int partitions) {
    return createTopic(name, partitions, Map.of());
  }

  /**
   * Makes a topic with settings of its own; one that exists stays as it is.
   *
   * @return whether the topic is new
   * @throws EmbeddedServerException when the broker refuses, for example the name
   */
  public boolean createTopic(String name, int partitions, Map<String, String> settings) {
    return createTopic(bootstrapServers(), name, partitions, settings);
  }

  static boolean createTopic(
      String servers, String name, int partitions, Map<String, String> settings) {
    NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
    topic.configs(settings);
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) servers))) {
      admin.createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
      awaitLeaders(admin, name);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw new EmbeddedServerException(
          "Kafka did not make the topic '" + name + "': " + rootMessage(e), e);
    } catch (TimeoutException e) {
      throw new EmbeddedServerException(
          "Kafka did not make the topic '" + name + "' within 30 s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServerException("Interrupted while making the topic '" + name + "'", e);
    }
  }

  /** The controller answers before the broker itself knows the topic: waits for the broker. */
  private static void awaitLeaders(Admin admin, String name)
      throws ExecutionException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline) {
      try {
        TopicDescription described =
            admin.describeTopics(List.of(name)).allTopicNames().get(30, TimeUnit.SECONDS).get(name);
        if (described.partitions().stream().allMatch(partition -> partition.leader() != null)) {
          return;
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new TimeoutException("no leader");
  }

  /** Stops the broker and keeps its data, also of a temporary one. */
  public synchronized void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Stops the broker; a temporary one's data is deleted. */
  @Override
  public void close() {
    stop();
    if (temporary) {
      Directories.deleteRecursively(directory);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
