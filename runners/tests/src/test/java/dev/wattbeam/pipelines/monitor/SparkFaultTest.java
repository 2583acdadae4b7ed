package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.Directories;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Streaming on a real Spark cluster, of which a worker and then the driver are killed while
 * messages come: nothing may be lost or doubled.
 *
 * <p>Not in the CI: it does not always hold yet (docs/decisions/0009-spark-streaming.md). {@code
 * mvn -Pcluster-tests -Dtest.groups=spark-faults verify} runs it.
 */
@Tag("spark-faults")
class SparkFaultTest {
  private static final Duration LIMIT = Duration.ofMinutes(6);

  private final ClusterProgram spark = ClusterProgram.spark("faults");
  private final TestTopic topic = TestTopic.create(Neighbourhoods.PARTITIONS);
  private final TestDatabase database = TestDatabase.with(Neighbourhoods.directory());

  @Test
  void aKilledWorkerAndAKilledDriverLoseAndDoubleNothing() throws Exception {
    Path checkpoints = Files.createTempDirectory("wattbeam-spark");
    List<String> report = new ArrayList<>();
    spark.run("start");
    Process driver = null;
    try {
      driver = submit(checkpoints);
      Paced paced = new Paced(topic, Neighbourhoods.messages(), Duration.ofSeconds(100));
      paced.start();
      awaitProgress("start", driver, report);

      spark.run("kill-worker", "1");
      awaitProgress("kill -9 of a worker and its executors", driver, report);
      spark.run("start-worker", "1");
      Waiting.pause(5_000);

      kill(driver);
      driver = submit(checkpoints);
      awaitProgress("kill -9 of the driver", driver, report);

      spark.run("kill-worker", "2");
      awaitProgress("kill -9 of the other worker", driver, report);

      paced.join();
      Expected expected =
          Expected.of(
              topic.content(),
              new SequentialModel(
                  Neighbourhoods.directory().toDirectory(), SequentialModel.Limits.DEFAULT));
      String difference = untilEqual(driver, expected.tables());
      report.add(
          String.format(
              "%d messages, %d rows compared, differences: %s",
              expected.messages(),
              expected.tables().size(),
              difference.isEmpty() ? "none" : difference));
      assertThat(difference).isEmpty();
    } finally {
      System.out.println(String.join("\n", report));
      if (driver != null) {
        kill(driver);
      }
      spark.run("stop");
      Directories.deleteRecursively(checkpoints);
    }
  }

  private Process submit(Path checkpoints) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "submit", spark.jar().toString(), "monitor-consumption", "--runner=SparkRunner"));
    arguments.addAll(Arrays.asList(Job.arguments(topic, database)));
    arguments.add("--checkpointDir=" + checkpoints);
    File log = new File("target/spark-driver.log");
    return spark.start(log, log, arguments.toArray(String[]::new));
  }

  private static void kill(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /** Waits until rows are written that hold more readings than now. */
  private void awaitProgress(String fault, Process driver, List<String> report) {
    long before = samples();
    long begin = System.nanoTime();
    while (samples() == before) {
      assertThat(driver.isAlive()).as("the driver lives; see target/spark-driver.log").isTrue();
      assertThat(System.nanoTime() - begin).as(fault).isLessThan(LIMIT.toNanos());
      Waiting.pause(200);
    }
    report.add(
        String.format("%s: rows again after %.1f s", fault, (System.nanoTime() - begin) / 1e9));
  }

  private long samples() {
    return database.count("SELECT coalesce(sum(samples), 0)::bigint FROM wattbeam.intervals");
  }

  private String untilEqual(Process driver, Tables wanted) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      String difference = Tables.of(database).differenceFrom(wanted);
      if (difference.isEmpty() || System.nanoTime() > deadline || !driver.isAlive()) {
        return difference;
      }
      Waiting.pause(1_000);
    }
  }

  /** Sends messages evenly over a time. */
  private static final class Paced extends Thread {
    private static final int STEP_MILLIS = 200;

    private final TestTopic topic;
    private final List<Message> messages;
    private final Duration length;

    Paced(TestTopic topic, List<List<Message>> parts, Duration length) {
      super("paced messages");
      this.topic = topic;
      this.messages = parts.stream().flatMap(List::stream).toList();
      this.length = length;
    }

    @Override
    public void run() {
      int steps = (int) (length.toMillis() / STEP_MILLIS);
      for (int step = 0; step < steps; step++) {
        int from = (int) ((long) messages.size() * step / steps);
        int to = (int) ((long) messages.size() * (step + 1) / steps);
        topic.send(messages.subList(from, to));
        Waiting.pause(STEP_MILLIS);
      }
    }
  }
}
