package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fleet that sends, MonitorConsumption on a real Flink cluster that reads, and what is done to
 * them: from the first message to the comparison of all tables with the sequential model.
 */
final class FlinkRound implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  /** Tables whose rows are written once, as long as nothing is repeated. */
  private static final List<String> ONCE = List.of("dead_letters", "late_readings");

  private final ClusterProgram flink;
  private final KafkaProcess kafka;
  private final EmbeddedPostgres postgres;
  private final FaultReport report;
  private final String topic;
  private final FleetSender sender;
  private final TestDatabase database;
  private Path jar;
  private int parallelism = 2;
  private volatile String job;
  private Expected expected;

  FlinkRound(
      ClusterProgram flink,
      KafkaProcess kafka,
      EmbeddedPostgres postgres,
      FaultReport report,
      long seed) {
    this.flink = flink;
    this.kafka = kafka;
    this.postgres = postgres;
    this.report = report;
    this.jar = flink.jar();
    this.topic = "readings-" + seed;
    kafka.createTopic(topic, FleetSender.PARTITIONS);
    sender = new FleetSender(seed, kafka.bootstrapServers(), topic);
    database = TestDatabase.with(sender.directory(), postgres);
  }

  /** Starts the job and the fleet; returns when there are rows and a checkpoint. */
  void start() throws IOException {
    ONCE.forEach(this::recordAttempts);
    fault("start", () -> {}, Duration.ZERO, () -> submit(null));
  }

  /** What a sink without keys would have written is kept in a second table. */
  private void recordAttempts(String table) {
    database.execute(
        String.format(
            """
            CREATE TABLE wattbeam.%1$s_without_key (LIKE wattbeam.%1$s INCLUDING DEFAULTS);
            CREATE FUNCTION wattbeam.%1$s_attempt() RETURNS trigger LANGUAGE plpgsql
              SECURITY DEFINER AS $$
            BEGIN
              INSERT INTO wattbeam.%1$s_without_key SELECT NEW.*;
              RETURN NEW;
            END $$;
            CREATE TRIGGER attempt BEFORE INSERT ON wattbeam.%1$s
              FOR EACH ROW EXECUTE FUNCTION wattbeam.%1$s_attempt();
            """,
            table));
  }

  private void submit(String savepoint) {
    List<String> command = new ArrayList<>(List.of("run", "-d", "-p", parallelism + ""));
    if (savepoint != null) {
      command.addAll(List.of("-s", savepoint));
    }
    command.addAll(List.of(jar.toString(), "monitor-consumption"));
    command.addAll(
        List.of(
            "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
            "--kafkaTopic=" + topic,
            "--kafkaGroupId=" + topic,
            "--postgresUrl=" + database.url(),
            "--postgresUser=" + database.user(),
            "--postgresPasswordFile=" + database.passwordFile(),
            "--allowedLateness=" + FleetSender.ALLOWED_LATENESS,
            "--earlyEvery=PT1S",
            "--checkpointingInterval=3000"));
    String output = flink.run(command.toArray(String[]::new));
    Matcher id = JOB_ID.matcher(output);
    assertThat(id.find()).as("a JobID in: %s", output).isTrue();
    job = id.group(1);
  }

  void killTaskManager(int number) throws IOException {
    fault(
        "kill -9 of a TaskManager",
        () -> flink.run("kill-taskmanager", number + ""),
        Duration.ofSeconds(15),
        () -> flink.run("start-taskmanager", number + ""));
  }

  /** Without ZooKeeper the new JobManager knows of no job. */
  void killJobManager() throws IOException {
    fault(
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
    fault(
        "kill -9 of the JobManager, with ZooKeeper",
        () -> flink.run("kill-jobmanager"),
        Duration.ofSeconds(1),
        () -> flink.run("start-jobmanager"));
  }

  void pauseTaskManager(int number) throws IOException {
    fault(
        "TaskManager stopped for 30 s and continued",
        () -> flink.run("pause-taskmanager", number + ""),
        Duration.ofSeconds(30),
        () -> flink.run("resume-taskmanager", number + ""));
  }

  void crashBroker() throws IOException {
    fault(
        "kill -9 of the broker, back after 5 s", kafka::kill, Duration.ofSeconds(5), kafka::start);
  }

  void crashDatabase() throws IOException {
    fault(
        "PostgreSQL stopped as in a crash, back after 5 s",
        postgres::stopImmediate,
        Duration.ofSeconds(5),
        postgres::start);
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
    fault(
        name,
        () -> savepoint[0] = flink.run("savepoint", job, "--stop").strip(),
        Duration.ZERO,
        () -> {
          beforeStart.run();
          submit(savepoint[0]);
        });
  }

  /** Breaks something, mends it after a while, and waits until the job goes on. */
  private void fault(String name, Runnable breakIt, Duration outage, Runnable mend)
      throws IOException {
    report.say("%s", name);
    long start = System.nanoTime();
    breakIt.run();
    if (job == null) {
      sender.start();
    }
    Instant clock = sender.clock();
    CompletableFuture<Void> mended =
        CompletableFuture.runAsync(
            mend, CompletableFuture.delayedExecutor(outage.toMillis(), TimeUnit.MILLISECONDS));
    await(name + ": rows of readings after " + clock, mended, () -> showsAllAfter(clock));
    double rows = (System.nanoTime() - start) / 1e9;
    String before = latestCheckpoint();
    await(name + ": a checkpoint", mended, () -> !latestCheckpoint().equals(before));
    report.add(name, rows, (System.nanoTime() - start) / 1e9);
    mended.join();
  }

  private void await(String what, CompletableFuture<Void> mended, BooleanSupplier condition) {
    boolean came =
        Waiting.until(
            LIMIT,
            () -> {
              if (mended.isCompletedExceptionally()) {
                mended.join();
              }
              return condition.getAsBoolean();
            });
    assertThat(came)
        .as("%s within %s; %s", what, LIMIT, flink.ask("status").orElse("no cluster"))
        .isTrue();
  }

  /** Whether each channel that sends every minute, whatever its partition, has got over a time. */
  private boolean showsAllAfter(Instant clock) {
    try {
      return database
          .query(
              "SELECT count(*) > 0 AND bool_and(time > '"
                  + clock
                  + "') FROM wattbeam.latest_values WHERE type = 'power'")
          .equals(List.of("true"));
    } catch (IllegalStateException e) {
      return false; // The database is away.
    }
  }

  private String latestCheckpoint() {
    return flink.ask("latest-checkpoint", job).orElse("");
  }

  /** Ends the fleet and compares; nothing may be lost or doubled. */
  void finish() throws Exception {
    long sent = sender.stop();
    expected =
        Expected.of(
            TestTopic.content(kafka.bootstrapServers(), topic, FleetSender.PARTITIONS),
            sender.model());
    int rows = expected.tables().size();
    Waiting.until(LIMIT, () -> Tables.of(database).differences(expected.tables()) == 0);
    Tables tables = Tables.of(database);
    report.compared(topic, sent, rows, tables.differences(expected.tables()));
    assertThat(tables.differenceFrom(expected.tables())).isEmpty();

    long letters = expected.deadLetters().values().stream().mapToLong(Long::longValue).sum();
    assertThat(expected.messages()).isEqualTo(sent);
    assertThat(
            database.count("SELECT sum(samples) FROM wattbeam.intervals")
                + expected.result().duplicates()
                + database.count("SELECT count(*) FROM wattbeam.late_readings")
                + database.count("SELECT count(*) FROM wattbeam.dead_letters"))
        .isEqualTo(sent);
  }

  /**
   * Shows that the comparison can fail: without their keys, tables hold twice what was repeated.
   * After {@link #finish}.
   */
  void switchIdempotenceOff() throws IOException {
    for (String table : ONCE) {
      database.execute(
          String.format(
              """
              ALTER TABLE wattbeam.%1$s RENAME TO %1$s_with_key;
              ALTER TABLE wattbeam.%1$s_without_key RENAME TO %1$s;
              """,
              table));
    }
    int differences = Tables.of(database).differences(expected.tables());
    report.compared(
        topic + ", keys switched off", expected.messages(), expected.tables().size(), differences);
    assertThat(differences).isPositive();
  }

  @Override
  public void close() {
    sender.close();
    if (job != null) {
      flink.ask("flink", "cancel", job);
    }
  }
}
