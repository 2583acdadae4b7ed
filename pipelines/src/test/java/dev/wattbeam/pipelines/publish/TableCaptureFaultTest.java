package dev.wattbeam.pipelines.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers with short, long and failing transactions, while the capture, the database and the broker
 * are killed: the topic has what was committed, the newest of each row, and nothing else.
 */
@Tag("slow")
class TableCaptureFaultTest {
  private static final long SEED = 20_261_122L;
  private static final String TOPIC = "readings";
  private static final int OLD_ROWS = 200_000;
  private static final int WRITERS = 6;
  private static final int FIRST_KILLS = 3;
  private static final int KILLS = 8;
  private static final String VERSION =
      "concat_ws(' ', meter, extract(epoch from time)::bigint,"
          + " trunc(value * 1000)::bigint, coalesce(sequence, -1))";

  @TempDir Path folder;
  private EmbeddedPostgres postgres;
  private KafkaProcess kafka;
  private RawTable table;
  private Process capture;

  /** Versions of rows that were committed, and those of which nobody knows. */
  private final Set<String> committed = ConcurrentHashMap.newKeySet();

  private final Set<String> uncertain = ConcurrentHashMap.newKeySet();
  private final AtomicInteger rollbacks = new AtomicInteger();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicLong seconds = new AtomicLong(1_600_000_000L);
  private volatile boolean writing = true;

  @BeforeEach
  void start() throws IOException {
    postgres = EmbeddedPostgres.startTemporary();
    kafka = KafkaProcess.startTemporary();
    kafka.createTopic(TOPIC, 4);
    table = RawTable.create(postgres, "faults");
    Files.writeString(folder.resolve("password"), table.config().password());
  }

  @AfterEach
  void stop() {
    if (capture != null) {
      capture.destroyForcibly();
    }
    kafka.close();
    postgres.close();
  }

  @Test
  void theTopicHasWhatWasCommitted(TestReporter report) throws Exception {
    table.execute(
        "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value)"
            + " SELECT 'old' || i % 50, 'import', 'power', 'kW',"
            + " to_timestamp(1500000000 + i), i / 1000.0 FROM generate_series(1, "
            + OLD_ROWS
            + ") i");
    committed.addAll(table.rows());

    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    List<Future<?>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int number = i;
      writers.add(threads.submit(() -> write("w" + number, new Random(SEED + number))));
    }
    Random random = new Random(SEED);
    int inFirstPass = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      String before = state();
      startCapture();
      // It has to get something done; then it may end anywhere.
      boolean inFirst = kill < FIRST_KILLS;
      for (int wait = 0; wait < 2_000 && !hasMoved(before, inFirst); wait++) {
        Thread.sleep(20);
        assertRuns();
      }
      Thread.sleep(random.nextInt(inFirst ? 50 : 1_500));
      if (kill == 5) {
        postgres.stopImmediate();
        Thread.sleep(2_000);
        postgres.start();
      }
      if (kill == 7) {
        kafka.kill();
        Thread.sleep(2_000);
        kafka.start();
      }
      assertRuns();
      capture.destroyForcibly().waitFor();
      inFirstPass += isFirstPassDone() ? 0 : 1;
    }
    writing = false;
    for (Future<?> writer : writers) {
      writer.get();
    }
    threads.shutdown();
    startCapture();
    awaitAll();
    capture.destroy(); // As Ctrl-C does.
    assertThat(capture.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(log())).contains("rows sent");

    List<String> messages = RawTable.messages(kafka.bootstrapServers(), TOPIC);
    Set<String> distinct = new HashSet<>(messages);
    report.publishEntry(
        Map.of(
            "rows", String.valueOf(table.rows().size()),
            "commits", String.valueOf(commits),
            "rollbacks", String.valueOf(rollbacks),
            "versions committed", String.valueOf(committed.size()),
            "of unknown outcome", String.valueOf(uncertain.size()),
            "messages", String.valueOf(messages.size()),
            "of them copies", String.valueOf(messages.size() - distinct.size()),
            "killed in the first pass", String.valueOf(inFirstPass)));
    assertThat(inFirstPass).isPositive();
    assertThat(rollbacks).hasPositiveValue();
    Set<String> rows = new HashSet<>(table.rows());
    Set<String> sent = new HashSet<>(newest(distinct).values());
    assertThat(without(rows, sent)).as("in the table, not in the topic").isEmpty();
    assertThat(without(sent, rows)).as("in the topic, not in the table").isEmpty();
    distinct.removeAll(committed);
    assertThat(uncertain).containsAll(distinct);
  }

  private static Set<String> without(Set<String> versions, Set<String> others) {
    Set<String> rest = new TreeSet<>(versions);
    rest.removeAll(others);
    return rest;
  }

  /** The version with the highest sequence of each meter and time. */
  private static Map<String, String> newest(Set<String> versions) {
    Map<String, String> newest = new HashMap<>();
    for (String version : versions) {
      newest.merge(
          version.replaceFirst(" \\S+ \\S+$", ""),
          version,
          (a, b) -> sequence(a) > sequence(b) ? a : b);
    }
    return newest;
  }

  private static long sequence(String version) {
    return Long.parseLong(version.substring(version.lastIndexOf(' ') + 1));
  }

  /** Changes with each page that is sent. */
  private String state() {
    return String.join(
        "",
        table.query("SELECT concat_ws(' ', transaction, id, to_backfill) FROM wattbeam.captures"));
  }

  private boolean isFirstPassDone() {
    return state().endsWith("{}");
  }

  private boolean hasMoved(String before, boolean inFirstPass) {
    return !state().equals(before) && (inFirstPass || isFirstPassDone());
  }

  private void awaitAll() throws InterruptedException {
    List<String> rows = table.rows();
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (System.nanoTime() < deadline
        && !new HashSet<>(RawTable.messages(kafka.bootstrapServers(), TOPIC)).containsAll(rows)) {
      Thread.sleep(1_000);
    }
  }

  private Path log() {
    return folder.resolve("capture.log");
  }

  private void startCapture() throws IOException {
    capture =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                PublishReadings.class.getName(),
                "--source=postgres",
                "--continuous",
                "--pollEvery=PT0.1S",
                "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
                "--topic=" + TOPIC,
                "--postgresUrl=" + table.config().url(),
                "--postgresUser=" + table.config().user(),
                "--postgresPasswordFile=" + folder.resolve("password"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
  }

  private void assertRuns() throws IOException {
    assertThat(capture.isAlive()).as("capture: %s", Files.readString(log())).isTrue();
  }

  private void write(String meter, Random random) {
    List<Long> own = new ArrayList<>();
    while (writing) {
      try (Connection connection = table.connect()) {
        connection.setAutoCommit(false);
        while (writing) {
          transact(connection, meter, random, own);
        }
      } catch (SQLException e) {
        pause(200); // The database is away; what it says then is not of interest.
      }
    }
  }

  private void transact(Connection connection, String meter, Random random, List<Long> own)
      throws SQLException {
    List<String> versions = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      Savepoint savepoint = random.nextInt(10) == 0 ? connection.setSavepoint() : null;
      int versionsBefore = versions.size();
      int idsBefore = ids.size();
      String sql =
          own.isEmpty() || random.nextInt(3) > 0
              ? "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value)"
                  + " VALUES ('"
                  + meter
                  + "', 'import', 'power', 'kW', to_timestamp("
                  + seconds.incrementAndGet()
                  + "), "
                  + random.nextInt(1_000)
                  + ")"
              : "UPDATE wattbeam.raw_readings SET value = "
                  + random.nextInt(1_000)
                  + ".5 WHERE id = "
                  + own.get(random.nextInt(own.size()));
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(sql + " RETURNING id, " + VERSION)) {
        row.next();
        ids.add(row.getLong(1));
        versions.add(row.getString(2));
      }
      if (savepoint != null && random.nextBoolean()) {
        connection.rollback(savepoint);
        versions.subList(versionsBefore, versions.size()).clear();
        ids.subList(idsBefore, ids.size()).clear();
      }
      pause(random.nextInt(20));
    }
    if (random.nextInt(15) == 0) {
      pause(random.nextInt(4_000));
    }
    if (random.nextInt(10) < 3) {
      connection.rollback();
      rollbacks.incrementAndGet();
      return;
    }
    uncertain.addAll(versions);
    connection.commit();
    committed.addAll(versions);
    uncertain.removeAll(versions);
    commits.incrementAndGet();
    own.addAll(ids);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
