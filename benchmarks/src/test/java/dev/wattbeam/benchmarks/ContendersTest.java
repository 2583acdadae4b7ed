package dev.wattbeam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.PostgresConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contenders as the harness starts them, on small topics, and that wrong rows are found. */
@Tag("slow")
class ContendersTest {
  private static final int METERS = 60;
  private static final long RECORDS = 20_000;
  private static final long SEED = 1;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private static EmbeddedKafka kafka;
  private static EmbeddedPostgres postgres;
  private static Database database;

  @TempDir private Path logs;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.startTemporary();
    postgres = EmbeddedPostgres.startTemporary();
    database = Database.prepare(postgres);
  }

  @AfterAll
  static void stop() {
    kafka.close();
    postgres.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"DOWNSAMPLING", "HOUR_OF_DAY", "HIERARCHY"})
  void allWriteTheRowsThatTheMessagesSay(Workload workload) throws Exception {
    fill(workload);
    database.empty(workload);
    insert(workload, expected(workload));
    database.keepAsReference(workload);

    allWriteTheReference(
        workload,
        Contender.ONE_THREAD,
        Contender.TWO_THREADS,
        Contender.FLINK_NATIVE,
        Contender.KAFKA_STREAMS,
        Contender.WATTBEAM_FLINK,
        Contender.PLAIN_COPY);
    if (workload == Workload.DOWNSAMPLING) {
      allWriteTheReference(workload, Contender.SINK_UPSERT, Contender.SINK_JDBCIO);
    }
  }

  @Test
  void allDoTheWholeJobAlike() throws Exception {
    Workload workload = Workload.WHOLE_JOB;
    fill(workload);
    database.register(METERS);
    run(workload, Contender.ONE_THREAD);
    assertThat(database.rows(workload)).isPositive();
    database.keepAsReference(workload);

    allWriteTheReference(
        workload,
        Contender.TWO_THREADS,
        Contender.FLINK_NATIVE,
        Contender.KAFKA_STREAMS,
        Contender.WATTBEAM_FLINK,
        Contender.PLAIN_COPY);
  }

  @Test
  void aRowTooMuchOrTooFewOrOfOtherContentIsFound() throws Exception {
    Workload workload = Workload.DOWNSAMPLING;
    database.empty(workload);
    insert(workload, List.of("'m000001', 60000, 1, 5, 5, 5", "'m000002', 60000, 1, 7, 7, 7"));
    database.keepAsReference(workload);
    assertThat(database.difference(workload)).isEmpty();

    execute("UPDATE bench.downsampling SET sum_nw = 8 WHERE meter = 'm000002'");
    assertThat(database.difference(workload))
        .contains("bench.downsampling", "too much: (m000002,60000,1,7,7,8)")
        .contains("missing: (m000002,60000,1,7,7,7)");
    execute("DELETE FROM bench.downsampling WHERE meter = 'm000002'");
    assertThat(database.difference(workload)).contains("missing: (m000002").doesNotContain("much");
  }

  private void allWriteTheReference(Workload workload, Contender... contenders) throws Exception {
    for (Contender contender : contenders) {
      ProcessMeter.Seen seen = run(workload, contender);
      assertThat(database.difference(workload)).as(contender.code()).isEmpty();
      assertThat(database.lastCommit(workload)).isBetween(seen.started(), seen.ended());
      assertThat(seen.cpuSeconds()).isPositive();
      assertThat(seen.peakRssMb()).isPositive();
    }
  }

  private static void fill(Workload workload) throws InterruptedException {
    kafka.createTopic(workload.code(), Messages.PARTITIONS);
    Topics.fill(kafka.bootstrapServers(), workload.code(), workload, METERS, RECORDS, SEED);
  }

  private ProcessMeter.Seen run(Workload workload, Contender contender) throws Exception {
    database.empty(workload);
    Contender.Task task =
        new Contender.Task(
            workload,
            workload.code(),
            kafka.bootstrapServers(),
            database.url(),
            database.user(),
            2,
            Path.of("..").toAbsolutePath().normalize(),
            Path.of("none"),
            "1g");
    Path log = logs.resolve(contender.code() + ".log");
    ProcessMeter.Seen seen =
        ProcessMeter.run(
            contender.command(task),
            Map.of(
                "PGPASSWORD",
                database.password(),
                PostgresConfig.PASSWORD_VARIABLE,
                database.password()),
            log,
            Duration.ofMinutes(3),
            () -> 0);
    assertThat(seen.exitCode()).as(() -> contender.code() + ": " + text(log)).isZero();
    return seen;
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Rows as SQL has them between brackets. */
  private static List<String> expected(Workload workload) {
    Map<String, long[]> cells = new TreeMap<>();
    Map<String, long[]> last = new HashMap<>();
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages messages = new Messages(workload, METERS, RECORDS, SEED, partition);
      while (messages.next()) {
        Messages.Message message = messages.message();
        String meter = "'" + Messages.meterName(message.meter()) + "'";
        // A time is the end of a span.
        long time = message.timeMillis() - 1;
        long value = message.nanos();
        switch (workload) {
          case DOWNSAMPLING -> add(cells, meter + ", " + time / MINUTE * MINUTE, value);
          case HOUR_OF_DAY -> {
            long day = time / DAY;
            for (long first = day - 6; first <= day; first++) {
              add(cells, meter + ", " + first * DAY + ", " + time % DAY / HOUR, value);
            }
          }
          case HIERARCHY ->
              last.merge(
                  message.meter() + " " + time / MINUTE * MINUTE,
                  new long[] {time, value},
                  (one, other) -> one[0] > other[0] ? one : other);
          case WHOLE_JOB -> throw new IllegalArgumentException("not to be had so easily");
        }
      }
    }
    last.forEach(
        (key, reading) -> {
          String[] parts = key.split(" ", -1);
          int node = Integer.parseInt(parts[0]);
          for (int level = 1; level <= 4; level++) {
            node /= 10;
            add(cells, level + ", " + node + ", " + parts[1], reading[1]);
          }
        });
    List<String> rows = new ArrayList<>();
    cells.forEach(
        (key, cell) ->
            rows.add(
                workload == Workload.DOWNSAMPLING
                    ? key + ", " + cell[0] + ", " + cell[1] + ", " + cell[2] + ", " + cell[3]
                    : key + ", " + cell[0] + ", " + cell[3]));
    return rows;
  }

  /** Count, lowest, highest, sum. */
  private static void add(Map<String, long[]> cells, String key, long value) {
    cells.merge(
        key,
        new long[] {1, value, value, value},
        (a, b) ->
            new long[] {
              a[0] + b[0], Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.addExact(a[3], b[3])
            });
  }

  private static void insert(Workload workload, List<String> rows) throws Exception {
    assertThat(rows).isNotEmpty();
    execute(
        "INSERT INTO "
            + Table.of(workload).get(0).name()
            + " VALUES ("
            + String.join("), (", rows)
            + ")");
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
