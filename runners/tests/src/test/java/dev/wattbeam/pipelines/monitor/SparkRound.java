package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.Directories;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * MonitorConsumption in streaming on a real Spark cluster, and what is done to it in a {@link
 * FaultRound}. The driver is a process of the test, as {@code spark-submit} in client mode makes
 * it.
 */
final class SparkRound implements Soak.Round, FaultRound.Cluster {
  /**
   * What two cores manage beside Kafka, PostgreSQL and the fleet; Flink manages four times as much.
   */
  private static final double SPEED_UP = 150;

  private final ClusterProgram spark;
  private final FaultRound round;
  private final Path checkpoints;
  private Process driver;
  private File log;
  private int starts;

  SparkRound(
      ClusterProgram spark,
      KafkaProcess kafka,
      EmbeddedPostgres postgres,
      FaultReport report,
      long seed)
      throws IOException {
    this.spark = spark;
    this.round = new FaultRound(kafka, postgres, report, this, seed, SPEED_UP);
    this.checkpoints = Files.createTempDirectory("wattbeam-spark");
  }

  /** Starts the job and the fleet; returns when there are rows and a checkpoint. */
  @Override
  public void start() throws IOException {
    round.start(this::submit);
  }

  private void submit() {
    List<String> command =
        new ArrayList<>(
            List.of(
                "submit", spark.jar().toString(), "monitor-consumption", "--runner=SparkRunner"));
    command.addAll(round.jobArguments());
    command.add("--checkpointDir=" + checkpoints);
    // A busy machine takes longer than the default 2 s and would fall further and further behind.
    command.add("--batchIntervalMillis=4000");
    log = new File("target", "spark-driver-" + ++starts + ".log");
    try {
      driver = spark.start(log, log, command.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void killWorker(int number) throws IOException {
    round.fault(
        "kill -9 of a worker and its executors, a new one after 15 s",
        () -> spark.run("kill-worker", number + ""),
        Duration.ofSeconds(15),
        () -> spark.run("start-worker", number + ""));
  }

  void killDriver() throws IOException {
    round.fault(
        "kill -9 of the driver, started again from its checkpoint",
        this::kill,
        Duration.ofSeconds(1),
        this::submit);
  }

  private void kill() {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly();
    try {
      driver.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String latestCheckpoint() {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("checkpoint-\\d+"))
          .max(Comparator.comparing(name -> name))
          .orElse("");
    } catch (IOException | UncheckedIOException e) {
      return ""; // Spark deletes old ones meanwhile.
    }
  }

  @Override
  public String state() {
    return (driver.isAlive() ? "the driver lives" : "the driver has ended") + ", see " + log;
  }

  @Override
  public void finish() throws Exception {
    round.finish();
  }

  @Override
  public void someFault(Random random) throws IOException {
    switch (random.nextInt(4)) {
      case 0, 1 -> killWorker(1 + random.nextInt(2));
      case 2 -> killDriver();
      default -> round.crashDatabase();
    }
  }

  @Override
  public void close() throws IOException {
    round.close();
    if (driver != null) {
      kill();
    }
    Directories.deleteRecursively(checkpoints);
  }
}
