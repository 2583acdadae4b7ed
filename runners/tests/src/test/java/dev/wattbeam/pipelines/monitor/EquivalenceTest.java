package dev.wattbeam.pipelines.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.pipelines.archive.ArchiveReadings;
import dev.wattbeam.pipelines.archive.CompactArchive;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import dev.wattbeam.pipelines.repair.RepairConsumption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * The jars of all runners, started as anybody starts them, bounded and streaming: each fills its
 * tables with the rows of the sequential model, so they are equal to each other, too. So do they
 * after a repair, which reads an archive that was compacted.
 */
@Tag("cluster")
class EquivalenceTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Pattern FLINK_JOB = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final List<String> REPORT = new ArrayList<>();

  private static GoldenInput input;

  /** The topic of the bounded runs. */
  private static TestTopic topic;

  private static Expected expected;

  @TempDir Path files;

  /** Ends a streaming job. */
  private interface Stop {
    void end(RunningJar job) throws IOException;
  }

  @BeforeAll
  static void fillTopic() throws IOException {
    input = GoldenInput.simulated();
    try {
      input = input.withHome(GoldenInput.homeFile());
    } catch (TestAbortedException e) {
      REPORT.add("Without real data: " + e.getMessage() + "\n");
    }
    topic = TestTopic.create(GoldenInput.PARTITIONS);
    input.parts().forEach(topic::send);
    expected = input.expected(topic);
    REPORT.add("| runner | mode | messages | rows compared | refined | differences | seconds |");
    REPORT.add("|---|---|--:|--:|--:|--:|--:|");
  }

  @AfterAll
  static void report() throws IOException {
    String text = String.join("\n", REPORT) + "\n";
    Files.writeString(Path.of("target", "equivalence.md"), text);
    System.out.println(text);
  }

  @Test
  void inputHasEveryKindOfTrouble() {
    assertThat(expected.deadLetters().keySet())
        .isEqualTo(
            // Of files, and of grid signals.
            EnumSet.complementOf(
                EnumSet.of(DeadLetterCode.INVALID_ROW, DeadLetterCode.UNKNOWN_KIND)));
    assertThat(expected.tables().lines().values())
        .allSatisfy(lines -> assertThat(lines).isNotEmpty());
  }

  @Test
  void inputHasRealData() {
    assertThat(GoldenInput.homeFile()).exists();
    assertThat(expected.tables().lines().get("hours"))
        .anyMatch(row -> row.startsWith(GoldenInput.HOME + "|"));
  }

  @Test
  void directEqualsTheModel() throws IOException {
    Path jar = Path.of("..", "direct", "target", "wattbeam-direct.jar");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    RunningJar.Start start =
        (output, messages, arguments) ->
            new ProcessBuilder(joined(arguments, java, "-jar", jar.toString()))
                .redirectOutput(output)
                .redirectError(messages)
                .start();
    bounded("direct", start);
    repaired("direct", start);
    streaming("direct", start, job -> job.process().destroy());
  }

  @Test
  void flinkEqualsTheModel() throws IOException {
    ClusterProgram flink = ClusterProgram.flink("equivalence");
    RunningJar.Start start =
        (output, messages, arguments) ->
            flink.start(
                output,
                messages,
                joined(arguments, "run", "-p", "4", flink.jar().toString()).toArray(String[]::new));
    Stop cancel =
        job -> {
          Matcher id = FLINK_JOB.matcher(Files.readString(job.output().toPath()));
          assertThat(id.find()).as("%s names the job", job.output()).isTrue();
          flink.run("flink", "cancel", id.group(1));
          assertThat(flink.run("flink", "list", "--running")).contains("No running jobs");
        };
    onCluster(
        flink,
        () -> {
          bounded("flink", start);
          repaired("flink", start);
          streaming("flink", start, cancel);
        });
  }

  @Test
  void sparkEqualsTheModel() throws IOException {
    ClusterProgram spark = ClusterProgram.spark("equivalence");
    RunningJar.Start start =
        (output, messages, arguments) ->
            spark.start(
                output,
                messages,
                joined(arguments, "submit", spark.jar().toString()).toArray(String[]::new));
    onCluster(
        spark,
        () -> {
          bounded("spark", start);
          repaired("spark", start);
          streaming(
              "spark",
              start,
              job -> job.process().destroy(),
              "--checkpointDir=" + files.resolve("checkpoints").toUri());
          assertThat(
                  Waiting.until(
                      LIMIT, () -> spark.run("status", "--json").contains("\"jobs\": []")))
              .as("the driver's end ends its application")
              .isTrue();
        });
  }

  private static List<String> joined(List<String> end, String... beginning) {
    List<String> all = new ArrayList<>(Arrays.asList(beginning));
    all.addAll(end);
    return all;
  }

  /** What runs on a cluster. */
  private interface Work {
    void run() throws IOException;
  }

  /** Logs stay where the work fails. */
  private static void onCluster(ClusterProgram cluster, Work work) throws IOException {
    cluster.run("stop"); // What a killed run of this test has left.
    cluster.run("start");
    boolean done = false;
    try {
      work.run();
      done = true;
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nThe cluster's logs: " + cluster.folder(), e);
    } finally {
      cluster.run(done ? new String[] {"stop", "--purge"} : new String[] {"stop"});
    }
  }

  private static void bounded(String runner, RunningJar.Start start) throws IOException {
    TestDatabase database = TestDatabase.with(input.directory());
    long begin = System.nanoTime();
    RunningJar.runToEnd(
        runner + "-bounded",
        start,
        MonitorConsumption.NAME,
        Job.arguments(topic, database, "--kafkaBounded=true"));
    compare(runner, "bounded", begin, database, expected, 0);
  }

  /** A wrong and a missing reading of January come right in April, when the topic lost January. */
  private void repaired(String runner, RunningJar.Start start) throws IOException {
    TestTopic corrected = TestTopic.create(2);
    corrected.send(Corrections.messages(false));
    corrected.send(Corrections.late());
    Expected wanted = Corrections.repaired(corrected);
    TestDatabase database = TestDatabase.with(Corrections.directory());
    RunningJar.runToEnd(
        runner + "-late",
        start,
        MonitorConsumption.NAME,
        Job.arguments(corrected, database, "--kafkaBounded=true"));
    Path archive = files.resolve(runner);
    RunningJar.runToEnd(
        runner + "-archive",
        start,
        ArchiveReadings.NAME,
        Corrections.archiveArguments(corrected, archive));
    compacted(runner, start, corrected, archive);
    Corrections.forgetArchived(corrected);
    assertThat(Tables.of(database).consumption().differenceFrom(wanted.tables().consumption()))
        .isNotEmpty();
    long begin = System.nanoTime();
    RunningJar.runToEnd(
        runner + "-repair",
        start,
        RepairConsumption.NAME,
        Job.arguments(corrected, database, "--archive=" + archive));
    Tables found = Tables.of(database).consumption();
    report(runner, "repair", begin, wanted.messages(), wanted.tables().consumption(), 0, found);
    assertThat(
            database.count("SELECT count(*) FROM wattbeam.late_readings WHERE repaired_at IS NULL"))
        .isZero();
  }

  /** Fewer files hold the same messages; the repair reads these. */
  private static void compacted(
      String runner, RunningJar.Start start, TestTopic topic, Path archive) throws IOException {
    long begin = System.nanoTime();
    Map<Path, List<String>> small = archived(archive);
    RunningJar.runToEnd(
        runner + "-compact",
        start,
        CompactArchive.NAME,
        "--archive=" + archive,
        "--archiveSource=" + topic.name());
    Map<Path, List<String>> large = archived(archive);
    REPORT.add(
        String.format(
            Locale.ROOT,
            "| %s | %d files made %d | %d | | | | %.1f |",
            runner,
            small.size(),
            large.size(),
            messages(large).size(),
            (System.nanoTime() - begin) / 1e9));
    assertThat(large.size()).as(runner).isLessThan(small.size());
    assertThat(messages(large)).as(runner).isEqualTo(messages(small)).isNotEmpty();
  }

  private static Map<Path, List<String>> archived(Path archive) throws IOException {
    Map<Path, List<String>> archived = new HashMap<>();
    try (Stream<Path> files = Files.walk(archive)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jsonl.gz")).toList()) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          archived.put(file, new String(in.readAllBytes(), UTF_8).lines().toList());
        }
      }
    }
    return archived;
  }

  private static List<String> messages(Map<Path, List<String>> archived) {
    return archived.values().stream().flatMap(List::stream).sorted().toList();
  }

  /** Parts are sent one after the other, so that each refines rows of those before. */
  private static void streaming(String runner, RunningJar.Start start, Stop stop, String... more)
      throws IOException {
    TestDatabase database = TestDatabase.with(input.directory());
    TestTopic live = TestTopic.create(GoldenInput.PARTITIONS);
    long begin = System.nanoTime();
    try (RunningJar job =
        RunningJar.start(
            runner + "-streaming",
            start,
            MonitorConsumption.NAME,
            Job.arguments(
                live,
                database,
                joined(
                        List.of(more),
                        "--earlyEvery=PT1S",
                        // What is late must not depend on how long this test waits.
                        "--kafkaIdlePartitionAfter=PT1H")
                    .toArray(String[]::new)))) {
      Expected wanted = input.expected(live);
      int refined = 0;
      for (List<Message> part : input.parts()) {
        live.send(part);
        Expected next = input.expected(live);
        refined += gone(wanted.tables(), next.tables());
        wanted = next;
        if (!Waiting.until(LIMIT, () -> equal(job, database, next))) {
          break;
        }
      }
      compare(runner, "streaming", begin, database, wanted, refined);
      assertThat(wanted.messages()).as("all parts were sent").isEqualTo(expected.messages());
      assertThat(refined).isPositive();
      stop.end(job);
      job.awaitEnd();
    }
  }

  /** How many lines were taken back or replaced. */
  private static int gone(Tables before, Tables after) {
    int gone = 0;
    for (Map.Entry<String, Collection<String>> table : before.lines().entrySet()) {
      Set<String> left = new HashSet<>(after.lines().get(table.getKey()));
      gone += table.getValue().stream().filter(line -> !left.contains(line)).count();
    }
    return gone;
  }

  /** Asks for a sum first, since all rows are many to ask for again and again. */
  private static boolean equal(RunningJar job, TestDatabase database, Expected wanted) {
    job.requireRunning();
    return database.count("SELECT coalesce(sum(samples), 0)::bigint FROM wattbeam.intervals")
            == wanted.result().accepted()
        && Tables.of(database).differenceFrom(wanted.tables()).isEmpty();
  }

  private static void compare(
      String runner, String mode, long begin, TestDatabase database, Expected wanted, int refined) {
    report(runner, mode, begin, wanted.messages(), wanted.tables(), refined, Tables.of(database));
  }

  /** Also fails on a difference. */
  private static void report(
      String runner,
      String mode,
      long begin,
      long messages,
      Tables wanted,
      int refined,
      Tables found) {
    REPORT.add(
        String.format(
            Locale.ROOT,
            "| %s | %s | %d | %d | %d | %d | %.1f |",
            runner,
            mode,
            messages,
            wanted.size(),
            refined,
            found.differences(wanted),
            (System.nanoTime() - begin) / 1e9));
    assertThat(found.differenceFrom(wanted)).as("%s, %s", runner, mode).isEmpty();
  }
}
