package dev.wattbeam.benchmarks;

import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.PostgresConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs all contenders on the same topics, one after the other. See benchmarks/README.md. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs WattBeam, other engines and plain threads on the same topics, in turn, on this machine,",
      "compares their rows, and writes results.json and results.md.",
      "Exit code 1: a contender failed or gave other rows than the reference.",
      ""
    })
public final class Benchmark implements Callable<Integer> {
  private static final long SEED = 20_240_301;
  private static final Pattern COPY_START = Pattern.compile("copying since (\\d+)");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for results.json, results.md and the contenders' logs.")
  private Path out;

  @Option(
      names = "--quick",
      description = "One round of 3 000 000 records with 1 000 meters: some minutes.")
  private boolean quick;

  @Option(names = "--rounds", paramLabel = "N", description = "Runs of each contender (3).")
  private Integer rounds;

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      description = "Of downsampling, hour-of-day, hierarchy, whole-job (all).")
  private List<Workload> workloads = List.of(Workload.values());

  @Option(
      names = "--contenders",
      split = ",",
      paramLabel = "NAME",
      description =
          "Of raw-consume, one-thread, two-threads, flink-native, kafka-streams, pyspark,"
              + " wattbeam-flink, wattbeam-spark, plain-copy, sink-upsert, sink-jdbcio (all).")
  private List<Contender> contenders = List.of(Contender.values());

  @Option(
      names = "--meters",
      split = ",",
      paramLabel = "N",
      description = "Numbers of meters (1000,10000,100000).")
  private List<Integer> meters;

  @Option(names = "--records", paramLabel = "N", description = "Records per topic (10000000).")
  private Long records;

  @Option(
      names = "--parallelism",
      split = ",",
      paramLabel = "N",
      description = "Tasks or threads of a contender; divisors of 4 (2).")
  private List<Integer> parallelism = List.of(2);

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "Most heap of a contender's JVM (${DEFAULT-VALUE}).")
  private String heap = "3g";

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      description = "A process that takes longer is ended and has failed (${DEFAULT-VALUE}).")
  private int limitSeconds = 900;

  @Option(names = "--project", hidden = true)
  private Path project = Path.of("");

  @Option(names = "--spark-home", hidden = true)
  private Path sparkHome;

  private final PrintStream screen = System.out;
  private Results results;
  private EmbeddedKafka kafka;
  private Database database;
  private int done;
  private int planned;
  private final Map<Contender, Double> secondsOf = new HashMap<>();

  /** Runs the benchmarks; {@code --help} lists the options. */
  public static void main(String[] args) {
    BenchmarkProgram.run(
        new CommandLine(new Benchmark())
            .registerConverter(Workload.class, Workload::of)
            .registerConverter(Contender.class, Contender::of),
        args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    settle();
    Files.createDirectories(out.resolve("logs"));
    results = new Results(Machine.describe(), Machine.commit(project));
    try (EmbeddedKafka broker = EmbeddedKafka.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      // A run that is cut off leaves no topics behind.
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "kafka-close"));
      kafka = broker;
      database = Database.prepare(postgres);
      for (Workload workload : workloads) {
        for (int number : meters) {
          measure(workload, number);
        }
      }
    }
    screen.println();
    screen.println(results.markdown());
    screen.println("Written to " + out.resolve("results.json") + " and results.md");
    return results.allWell() ? 0 : 1;
  }

  private void settle() {
    if (meters == null) {
      meters = quick ? List.of(1_000) : List.of(1_000, 10_000, 100_000);
    }
    if (records == null) {
      records = quick ? 3_000_000L : 10_000_000L;
    }
    if (rounds == null) {
      rounds = quick ? 1 : 3;
    }
    for (int number : meters) {
      if (number < Messages.PARTITIONS || number > 999_999) {
        throw new BenchmarkException("--meters=" + number + ": give 4 to 999999");
      }
    }
    for (int number : parallelism) {
      if (number < 1 || Messages.PARTITIONS % number != 0) {
        throw new BenchmarkException("--parallelism=" + number + ": give 1, 2 or 4");
      }
    }
    if (sparkHome == null && contenders.stream().anyMatch(Contender::needsSpark)) {
      throw new BenchmarkException("Spark is missing: start this with benchmarks/run");
    }
    for (Workload workload : workloads) {
      for (int tasks : parallelism) {
        planned += meters.size() * rounds * takePart(workload, tasks).size();
      }
    }
  }

  private List<Contender> takePart(Workload workload, int tasks) {
    return contenders.stream().filter(contender -> contender.takesPart(workload, tasks)).toList();
  }

  private void measure(Workload workload, int number) throws IOException, InterruptedException {
    String topic = workload.code() + "-" + number;
    say("%s, %,d meters: filling a topic with %,d records", workload.code(), number, records);
    kafka.createTopic(topic, Messages.PARTITIONS);
    Topics.fill(kafka.bootstrapServers(), topic, workload, number, records, SEED);
    if (workload == Workload.WHOLE_JOB) {
      database.register(number);
    }
    if (reference(workload, number, topic)) {
      rehearse(workload, number, topic);
      for (int round = 1; round <= rounds; round++) {
        for (int tasks : parallelism) {
          for (Contender contender : inOrderOf(round, takePart(workload, tasks))) {
            measure(workload, number, tasks, topic, contender, round);
            results.write(out);
          }
        }
      }
    }
    results.write(out);
    Topics.delete(kafka.bootstrapServers(), topic);
  }

  /** An uncounted run of who has not run since the build: it keeps the JVM's class data. */
  private void rehearse(Workload workload, int number, String topic)
      throws IOException, InterruptedException {
    int tasks = parallelism.get(0);
    for (Contender contender : takePart(workload, tasks)) {
      if (contender.needsRehearsal(task(workload, tasks, topic))) {
        say("%s, %,d meters: rehearsal of %s", workload.code(), number, contender);
        database.empty(workload);
        run(workload, number, tasks, topic, contender, 0);
      }
    }
  }

  /** Whoever comes after whom, and first, changes from round to round. */
  private static List<Contender> inOrderOf(int round, List<Contender> contenders) {
    List<Contender> order = new ArrayList<>(contenders);
    if (round % 2 == 0) {
      Collections.reverse(order);
    }
    Collections.rotate(order, -(round - 1) / 2 * order.size() / 3);
    return order;
  }

  /** The rows that everybody has to write; false if not even the reference can. */
  private boolean reference(Workload workload, int number, String topic)
      throws IOException, InterruptedException {
    database.empty(workload);
    ProcessMeter.Seen seen = run(workload, number, 1, topic, Contender.ONE_THREAD, 0);
    String error = error(seen, log(workload, number, 1, Contender.ONE_THREAD, 0));
    if (error.isEmpty() && database.rows(workload) == 0) {
      error = "it wrote no row";
    }
    if (error.isEmpty()) {
      database.keepAsReference(workload);
      return true;
    }
    results.add(
        new Results.Failure(
            workload.code(),
            Contender.ONE_THREAD.code(),
            number,
            1,
            0,
            "no reference, so nobody was measured: " + error));
    say("%s, %,d meters: NO REFERENCE: %s", workload.code(), number, error);
    return false;
  }

  private void measure(
      Workload workload, int number, int tasks, String topic, Contender contender, int round)
      throws IOException, InterruptedException {
    database.empty(workload);
    ProcessMeter.Seen seen = run(workload, number, tasks, topic, contender, round);
    Path log = log(workload, number, tasks, contender, round);
    String error = error(seen, log);
    if (error.isEmpty() && contender.writesRows()) {
      error = database.difference(workload);
    }
    if (error.isEmpty() && contender.readsTopic() && seen.firstBytes() == null) {
      error = "it read nothing";
    }
    secondsOf.merge(contender, seen.wallSeconds(), Math::max);
    done++;
    String outcome;
    if (!error.isEmpty()) {
      outcome = "FAILED: " + error;
      results.add(
          new Results.Failure(workload.code(), contender.code(), number, tasks, round, error));
    } else if (contender.readsTopic()) {
      Run run = figures(workload, number, tasks, contender, round, seen);
      results.add(run);
      outcome =
          String.format(
              Locale.ROOT,
              "%,.0f records/s, wall %.1f s, CPU %.1f s",
              run.recordsPerSecond(),
              run.wallSeconds(),
              run.cpuSeconds());
    } else {
      long rows = database.rows(workload);
      double seconds = ProcessMeter.seconds(copyStart(log), database.lastCommit(workload));
      results.add(
          new Results.Sink(
              workload.code(), contender.code(), number, rows, Math.round(rows / seconds), round));
      outcome = String.format(Locale.ROOT, "%,.0f rows/s", rows / seconds);
    }
    say(
        "[%d/%d] %s, %,d meters, parallelism %d, round %d, %s: %s (%s left)",
        done, planned, workload.code(), number, tasks, round, contender, outcome, timeLeft());
  }

  private Run figures(
      Workload workload,
      int number,
      int tasks,
      Contender contender,
      int round,
      ProcessMeter.Seen seen) {
    Instant end = contender.writesRows() ? database.lastCommit(workload) : seen.ended();
    return new Run(
        workload.code(),
        contender.code(),
        number,
        tasks,
        records,
        Math.round(records / ProcessMeter.seconds(seen.firstBytes(), end)),
        seen.wallSeconds(),
        ProcessMeter.seconds(seen.started(), seen.firstBytes()),
        seen.cpuSeconds(),
        seen.peakRssMb(),
        round,
        contender.writesRows() ? database.rows(workload) : 0);
  }

  private ProcessMeter.Seen run(
      Workload workload, int number, int tasks, String topic, Contender contender, int round)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    environment.put("PGPASSWORD", database.password());
    environment.put(PostgresConfig.PASSWORD_VARIABLE, database.password());
    if (sparkHome != null) {
      environment.put("SPARK_HOME", sparkHome.toString());
    }
    return ProcessMeter.run(
        contender.command(task(workload, tasks, topic)),
        environment,
        log(workload, number, tasks, contender, round),
        Duration.ofSeconds(limitSeconds),
        () -> Topics.bytesOut(topic));
  }

  private Contender.Task task(Workload workload, int tasks, String topic) {
    return new Contender.Task(
        workload,
        topic,
        kafka.bootstrapServers(),
        database.url(),
        database.user(),
        tasks,
        project.toAbsolutePath().normalize(),
        sparkHome == null ? Path.of("spark") : sparkHome,
        heap);
  }

  private Path log(Workload workload, int number, int tasks, Contender contender, int round) {
    return out.resolve("logs")
        .resolve(
            String.format(
                Locale.ROOT,
                "%s-%d-p%d-%s-%d.log",
                workload.code(),
                number,
                tasks,
                contender,
                round));
  }

  /** What went wrong; empty if nothing did. */
  private String error(ProcessMeter.Seen seen, Path log) throws IOException {
    if (seen.timedOut()) {
      return "not ready within " + limitSeconds + " s; see " + log;
    }
    if (seen.exitCode() == 0) {
      return "";
    }
    try (Stream<String> lines = Files.lines(log)) {
      String cause =
          lines.filter(line -> line.matches(".*(Exception|Error)\\b.*")).findFirst().orElse("");
      return "exit code " + seen.exitCode() + ", " + cause + "; see " + log;
    }
  }

  private static Instant copyStart(Path log) throws IOException {
    Matcher matcher = COPY_START.matcher(Files.readString(log));
    if (!matcher.find()) {
      throw new BenchmarkException(log + " does not say when the copying began");
    }
    return Instant.ofEpochMilli(Long.parseLong(matcher.group(1)));
  }

  private String timeLeft() {
    // Each contender has about as many runs left as each other.
    double mean = secondsOf.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    long minutes = Math.round((planned - done) * (mean + 2) / 60);
    return minutes < 1 ? "less than a minute" : "about " + minutes + " min";
  }

  private void say(String format, Object... values) {
    screen.println(String.format(Locale.ROOT, format, values));
  }
}
