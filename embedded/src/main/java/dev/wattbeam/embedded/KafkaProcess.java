package dev.wattbeam.embedded;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * A Kafka broker as {@link EmbeddedKafka}, but in a process of its own that can be killed: {@link
 * #kill()} and {@link #start()} simulate a crash, same data, same port. Temporary.
 */
public final class KafkaProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int STOP_SECONDS = 10;

  private final Path home = Directories.temporary("wattbeam-kafka-");
  private final int port = Ports.free();
  private Process process;

  private KafkaProcess() {
    // Tests that are cut off must not leave brokers behind.
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "kafka-close"));
  }

  /** Starts a broker with data that {@link #close()} deletes. */
  public static KafkaProcess startTemporary() {
    KafkaProcess kafka = new KafkaProcess();
    kafka.start();
    return kafka;
  }

  /** What runs in the process: data directory and port; ends when stdin does. */
  public static void main(String[] args) throws IOException {
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
    while (System.in.read() >= 0) {
      // Nothing is said on it. It ends with the parent, however that ends.
    }
    kafka.close();
    System.exit(0);
  }

  /** Starts the broker, or starts it again after {@link #kill()}; returns when it answers. */
  public synchronized void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    File log = home.resolve("broker.log").toFile();
    try {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KafkaProcess.class.getName(),
                  home.resolve("data").toString(),
                  String.valueOf(port))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
              .start();
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot start a Java process: " + e.getMessage(), e);
    }
    awaitAnswer();
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    try {
      // Clients would complain at each attempt.
      while (!isListening()) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw notStarted(null);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
      try (Admin admin =
          Admin.create(
              Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers()))) {
        admin.describeCluster().nodes().get();
      }
    } catch (ExecutionException e) {
      throw notStarted(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServerException("Interrupted while Kafka starts", e);
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private EmbeddedServerException notStarted(Exception cause) {
    String log;
    try {
      List<String> lines = Files.readAllLines(home.resolve("broker.log"));
      log = String.join("; ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      log = e.toString();
    }
    return new EmbeddedServerException(
        "Kafka does not start in a process of its own on port " + port + ": " + log, cause);
  }

  /** Ends the process as kill -9 does. */
  public synchronized void kill() {
    process.destroyForcibly();
    await(process);
  }

  private static boolean await(Process process) {
    try {
      return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Where clients connect, such as {@code 127.0.0.1:9092}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Makes a topic, as {@link EmbeddedKafka#createTopic(String, int)}. */
  public boolean createTopic(String name, int partitions) {
    return EmbeddedKafka.createTopic(bootstrapServers(), name, partitions, Map.of());
  }

  /** Stops the broker and deletes its data. */
  @Override
  public synchronized void close() {
    if (process != null && process.isAlive()) {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        process.destroy();
      }
      if (!await(process)) {
        kill();
      }
    }
    Directories.deleteRecursively(home);
  }
}
