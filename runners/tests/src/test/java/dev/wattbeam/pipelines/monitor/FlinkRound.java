package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** MonitorConsumption on a real Flink cluster, and what is done to it in a {@link FaultRound}. */
final class FlinkRound implements Soak.Round, FaultRound.Cluster {
  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  private final ClusterProgram flink;
  private final KafkaProcess kafka;
  private final FaultRound round;
  private Path jar;
  private int parallelism = 2;
  private volatile String job;

  FlinkRound(
      ClusterProgram flink,
      KafkaProcess kafka,
      EmbeddedPostgres postgres,
      FaultReport report,
      long seed) {
    this.flink = flink;
    this.kafka = kafka;
    this.jar = flink.jar();
    this.round = new FaultRound(kafka, postgres, report, this, seed, 600);
  }

  /** Starts the job and the fleet; returns when there are rows and a checkpoint. */
  @Override
  public void start() throws IOException {
    round.start(() -> submit(null));
  }

  private void submit(String savepoint) {
    List<String> command = new ArrayList<>(List.of("run", "-d", "-p", parallelism + ""));
    if (savepoint != null) {
      command.addAll(List.of("-s", savepoint));
    }
    command.addAll(List.of(jar.toString(), "monitor-consumption"));
    command.addAll(round.jobArguments());
    command.addAll(List.of("--earlyEvery=PT1S", "--checkpointingInterval=3000"));
    String output = flink.run(command.toArray(String[]::new));
    Matcher id = JOB_ID.matcher(output);
    assertThat(id.find()).as("a JobID in: %s", output).isTrue();
    job = id.group(1);
  }

  void killTaskManager(int number) throws IOException {
    round.fault(
        "kill -9 of a TaskManager",
        () -> flink.run("kill-taskmanager", number + ""),
        Duration.ofSeconds(15),
        () -> flink.run("start-taskmanager", number + ""));
  }

  /** Without ZooKeeper the new JobManager knows of no job. */
  void killJobManager() throws IOException {
    round.fault(
        "kill -9 of the JobManager, job submitted again from its last checkpoint",
        () -> flink.run("kill-jobmanager"),
        Duration.ofSeconds(1),
        () -> {
          String checkpoint = flink.run("latest-checkpoint", job).strip();
          flink.run("start-jobmanager");
          submit(checkpoint);
        });
  }

  void killJobManagerWithZooKeeper() throws IOException {
    round.fault(
        "kill -9 of the JobManager, with ZooKeeper",
        () -> flink.run("kill-jobmanager"),
        Duration.ofSeconds(1),
        () -> flink.run("start-jobmanager"));
  }

  void pauseTaskManager(int number) throws IOException {
    round.fault(
        "TaskManager stopped for 30 s and continued",
        () -> flink.run("pause-taskmanager", number + ""),
        Duration.ofSeconds(30),
        () -> flink.run("resume-taskmanager", number + ""));
  }

  void crashBroker() throws IOException {
    round.fault(
        "kill -9 of the broker, back after 5 s", kafka::kill, Duration.ofSeconds(5), kafka::start);
  }

  void changeParallelism(int next) throws IOException {
    String name = "savepoint, parallelism " + parallelism + " -> " + next;
    parallelism = next;
    restart(name, () -> {});
  }

  /** The next version: the same job in another build. */
  void upgrade() throws IOException {
    upgrade("savepoint, upgraded jar", () -> {});
  }

  /** The same on a new cluster. */
  void upgrade(String name, Runnable beforeStart) throws IOException {
    Path next = Path.of("target", "wattbeam-flink-next.jar");
    Files.copy(flink.jar(), next, StandardCopyOption.REPLACE_EXISTING);
    try (FileSystem files = FileSystems.newFileSystem(next)) {
      Files.writeString(
          files.getPath("/dev/wattbeam/pipelines/launcher/version.txt"), "the next version\n");
    }
    jar = next.toAbsolutePath();
    restart(name, beforeStart);
  }

  private void restart(String name, Runnable beforeStart) throws IOException {
    String[] savepoint = new String[1];
    round.fault(
        name,
        () -> savepoint[0] = flink.run("savepoint", job, "--stop").strip(),
        Duration.ZERO,
        () -> {
          beforeStart.run();
          submit(savepoint[0]);
        });
  }

  @Override
  public String latestCheckpoint() {
    return flink.ask("latest-checkpoint", job).orElse("");
  }

  @Override
  public String state() {
    return flink.ask("status").orElse("no cluster");
  }

  FaultRound round() {
    return round;
  }

  @Override
  public void finish() throws Exception {
    round.finish();
  }

  @Override
  public void someFault(Random random) throws IOException {
    int taskManager = 1 + random.nextInt(2);
    switch (random.nextInt(8)) {
      case 0, 1 -> killTaskManager(taskManager);
      case 2 -> killJobManagerWithZooKeeper();
      case 3 -> pauseTaskManager(taskManager);
      case 4 -> crashBroker();
      case 5 -> round.crashDatabase();
      case 6 -> changeParallelism(1 << random.nextInt(3));
      default -> upgrade();
    }
  }

  @Override
  public void close() {
    round.close();
    if (job != null) {
      flink.ask("flink", "cancel", job);
    }
  }
}
