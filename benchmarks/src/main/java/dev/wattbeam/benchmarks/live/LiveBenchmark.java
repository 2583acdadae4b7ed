package dev.wattbeam.benchmarks.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wattbeam.benchmarks.BenchmarkException;
import dev.wattbeam.benchmarks.BenchmarkProgram;
import dev.wattbeam.benchmarks.Database;
import dev.wattbeam.benchmarks.Machine;
import dev.wattbeam.benchmarks.Messages;
import dev.wattbeam.benchmarks.Topics;
import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much a streaming job can take for good. See benchmarks/README.md. */
@Command(
    name = "live",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs MonitorConsumption on Flink, streaming and with checkpoints, raises the rate of messages",
      "until the lag grows, and then measures delays, state and memory at 80 %% and 50 %% of that.",
      "Writes live.json and live.md.",
      ""
    })
public final class LiveBenchmark implements Callable<Integer> {
  private static final double RAISE = 1.25;

  /** A lag that grows by more than this much of the time is growing for good. */
  private static final double GROWTH = 0.05;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for live.json, live.md and the jobs' logs.")
  private Path out;

  @Option(
      names = "--meters",
      split = ",",
      paramLabel = "N",
      description = "Numbers of meters (${DEFAULT-VALUE}).")
  private List<Integer> meters = List.of(1_000, 10_000, 100_000);

  @Option(
      names = "--period",
      split = ",",
      paramLabel = "SECONDS",
      description = "Between two readings of a meter (${DEFAULT-VALUE}).")
  private List<Integer> periods = List.of(900);

  @Option(
      names = "--parallelism",
      split = ",",
      paramLabel = "N",
      description = "Divisors of 4 (${DEFAULT-VALUE}).")
  private List<Integer> parallelism = List.of(2);

  @Option(
      names = "--stage",
      paramLabel = "SECONDS",
      description =
          "How long each of the two loads lasts; each rate lasts a third, or three periods of the"
              + " meters (${DEFAULT-VALUE}).")
  private int stageSeconds = 60;

  @Option(
      names = "--start-rate",
      paramLabel = "N",
      description = "Messages per second to begin with (${DEFAULT-VALUE}).")
  private double startRate = 20_000;

  @Option(names = "--heap", paramLabel = "SIZE", description = "As for -Xmx (${DEFAULT-VALUE}).")
  private String heap = "6g";

  @Option(
      names = "--job",
      paramLabel = "OPTION",
      description = "An option of MonitorConsumption, such as --job=--earlyEvery=PT1S; repeatable.")
  private List<String> more = List.of();

  @Option(names = "--project", hidden = true)
  private Path project = Path.of("");

  private final PrintStream screen = System.out;
  private final List<LiveRun> runs = new ArrayList<>();

  /** Runs the benchmark; {@code --help} lists the options. */
  public static void main(String[] args) {
    BenchmarkProgram.run(new CommandLine(new LiveBenchmark()), args);
  }

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(out);
    Map<String, Object> machine = Machine.describe();
    machine.put("commit", Machine.commit(project));
    try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "kafka-close"));
      Database database = Database.prepare(postgres);
      for (int period : periods) {
        for (int number : meters) {
          for (int tasks : parallelism) {
            runs.add(measure(kafka, database, number, period, tasks));
            write(machine);
          }
        }
      }
    }
    screen.println();
    screen.println(markdown(machine));
    return 0;
  }

  private LiveRun measure(EmbeddedKafka kafka, Database database, int number, int period, int tasks)
      throws IOException, InterruptedException, SQLException {
    String topic = "live-" + number + "-" + period + "-" + tasks;
    say("%,d meters, a reading each %d s, parallelism %d", number, period, tasks);
    kafka.createTopic(topic, Messages.PARTITIONS);
    database.register(number, period, period);
    database.empty(Workload.WHOLE_JOB);
    LiveJob.Settings settings =
        new LiveJob.Settings(
            project.toAbsolutePath(), out, kafka.bootstrapServers(), topic, tasks, heap, more);
    try (LiveJob job = new LiveJob(settings, database);
        LiveFeed feed = new LiveFeed(kafka.bootstrapServers(), topic, number, period, startRate);
        Freshness freshness = new Freshness(database, feed, number, period)) {
      Lag lag = new Lag(topic, feed);
      double sustainable = raise(job, feed, lag);
      drain(job, feed, lag, sustainable);

      long rows = database.rowsWritten();
      double cpu = job.cpuSeconds();
      long readings = feed.sent();
      int checkpoints = job.checkpoints().size();
      hold(job, feed, freshness, 0.8 * sustainable);
      long delay80 = freshness.percentile(0.5);
      long delay80P99 = freshness.percentile(0.99);
      readings = feed.sent() - readings;
      cpu = job.cpuSeconds() - cpu;
      rows = database.rowsWritten() - rows;
      List<LiveJob.Checkpoint> taken = job.checkpoints();
      taken = taken.subList(checkpoints, taken.size());

      hold(job, feed, freshness, 0.5 * sustainable);
      LiveRun run =
          new LiveRun(
              number,
              period,
              tasks,
              Math.round(sustainable),
              Math.round(1e7 * cpu / readings) / 10.0,
              Math.round(100.0 * rows / readings) / 100.0,
              freshness.percentile(0.5),
              freshness.percentile(0.99),
              delay80,
              delay80P99,
              Math.round(10 * feed.days()) / 10.0,
              last(job.checkpoints()).bytes(),
              median(taken),
              job.heapBytes(),
              Math.round(10.0 * Topics.bytesIn(topic) / feed.sent()) / 10.0,
              Math.round(database.bytesPerRow()));
      say("  %s", run);
      return run;
    } finally {
      Topics.delete(kafka.bootstrapServers(), topic);
    }
  }

  /** The highest rate that the job keeps up with. */
  private double raise(LiveJob job, LiveFeed feed, Lag lag) throws InterruptedException {
    while (lag.read() == 0) {
      job.check();
      TimeUnit.MILLISECONDS.sleep(100);
    }
    // The first stage also warms up.
    drain(job, feed, lag, startRate);
    double good = 0;
    double rate = startRate;
    while (true) {
      feed.setRate(rate);
      // Messages come in bursts, and rows are written in bursts: means of two halves.
      long half =
          Math.max(Math.max(5, stageSeconds / 3) / 2, (long) Math.ceil(feed.secondsOfPeriod()));
      TimeUnit.SECONDS.sleep(half);
      double before = lag.mean(half);
      double after = lag.mean(half);
      job.check();
      double growth = (after - before) / (rate * half);
      say("  %,.0f readings/s: lag %,.0f, grows by %.1f %%", rate, after, 100 * growth);
      if (growth > GROWTH) {
        break;
      }
      good = rate;
      rate *= RAISE;
    }
    if (good == 0) {
      throw new BenchmarkException(
          "The lag grows already at " + startRate + " readings/s: give a lower --start-rate");
    }
    return good;
  }

  /** Waits, at half the rate, until the lag is about a second's messages. */
  private void drain(LiveJob job, LiveFeed feed, Lag lag, double rate) throws InterruptedException {
    feed.setRate(rate / 2);
    int seconds = 0;
    while (lag.mean(1) > rate || seconds < 5) {
      job.check();
      if (++seconds > 300) {
        throw new BenchmarkException("The lag does not go away at " + rate / 2 + " readings/s");
      }
    }
  }

  private void hold(LiveJob job, LiveFeed feed, Freshness freshness, double rate)
      throws InterruptedException {
    feed.setRate(rate);
    TimeUnit.SECONDS.sleep(Math.max(5, stageSeconds / 3));
    freshness.restart();
    TimeUnit.SECONDS.sleep(stageSeconds);
    job.check();
  }

  /** What the broker has taken and the job has not fetched. */
  private record Lag(String topic, LiveFeed feed) {
    /** Bytes that the job has fetched so far. */
    long read() {
      return Topics.bytesOut(topic);
    }

    double mean(long seconds) throws InterruptedException {
      double sum = 0;
      long looks = seconds * 5;
      for (int i = 0; i < looks; i++) {
        sum += readings();
        TimeUnit.MILLISECONDS.sleep(200);
      }
      return sum / looks;
    }

    /** In readings of average size, and those that are due but not sent. */
    double readings() {
      long in = Topics.bytesIn(topic);
      return feed.overdue() + (in == 0 ? 0 : (in - read()) / ((double) in / feed.sent()));
    }
  }

  private static LiveJob.Checkpoint last(List<LiveJob.Checkpoint> checkpoints) {
    if (checkpoints.isEmpty()) {
      throw new BenchmarkException("no checkpoint was completed");
    }
    return checkpoints.get(checkpoints.size() - 1);
  }

  private static long median(List<LiveJob.Checkpoint> checkpoints) {
    last(checkpoints);
    long[] sorted = checkpoints.stream().mapToLong(LiveJob.Checkpoint::millis).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private void write(Map<String, Object> machine) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("job", more);
    json.put("runs", runs);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(out.resolve("live.json").toFile(), json);
    Files.writeString(out.resolve("live.md"), markdown(machine));
  }

  private String markdown(Map<String, Object> machine) {
    StringBuilder text = new StringBuilder("# Streaming\n\n");
    machine.forEach(
        (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
    text.append("- job: ").append(String.join(" ", more)).append("\n\n");
    text.append(
        "| meters | period s | tasks | sustainable/s | CPU us/reading | rows/reading"
            + " | delay s at 50 %, median, p99 | at 80 % | days | state MB | checkpoint ms | heap MB"
            + " | Kafka B/reading | PostgreSQL B/row |\n");
    text.append("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (LiveRun run : runs) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %,d | %d | %d | %,d | %.1f | %.2f | %.1f, %.1f | %.1f, %.1f | %.1f | %,.1f | %,d | %,.0f | %.1f | %,.0f |%n",
              run.meters(),
              run.periodSeconds(),
              run.parallelism(),
              run.sustainablePerSecond(),
              run.cpuMicrosPerReading(),
              run.rowsPerReading(),
              run.delay50Median() / 1e3,
              run.delay50P99() / 1e3,
              run.delay80Median() / 1e3,
              run.delay80P99() / 1e3,
              run.days(),
              run.stateBytes() / 1e6,
              run.checkpointMillis(),
              run.heapBytes() / 1e6,
              run.kafkaBytesPerReading(),
              run.postgresBytesPerRow()));
    }
    return text.toString();
  }

  private void say(String format, Object... values) {
    screen.println(String.format(Locale.ROOT, format, values));
  }
}
