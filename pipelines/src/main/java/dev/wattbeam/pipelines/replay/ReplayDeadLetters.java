package dev.wattbeam.pipelines.replay;

import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.DeadLetterFilter;
import dev.wattbeam.io.postgres.DeadLetterQueue;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.io.postgres.PostgresException;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.pipelines.program.ServerOptions;
import dev.wattbeam.pipelines.program.UntilStopped;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Sends rejected messages to Kafka again, after what they were rejected for has been mended. A
 * plain program: a letter may be marked only after Kafka has its message, one after the other.
 *
 * <pre>
 * select and lock      dead_letters, not replayed yet, by topic, code, step, pipeline, time
 * leave out            cut and empty payloads
 * send                 the message as received, key = meter, acknowledged by all
 * mark                 replayed_at, replay_id; commit
 * </pre>
 */
@Command(
    name = ReplayDeadLetters.NAME,
    sortOptions = false,
    description = ReplayDeadLetters.DESCRIPTION)
public final class ReplayDeadLetters implements Callable<Integer> {
  public static final String NAME = "replay-dead-letters";
  public static final String DESCRIPTION =
      "Sends rejected messages to Kafka again, once the cause is mended.";

  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_STOPPED = 130;
  private static final long REPORT_NANOS = 1_000_000_000L;

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      defaultValue = "readings",
      description = "Topic to send to. Default: ${DEFAULT-VALUE}.")
  private String topic;

  @Option(
      names = "--source",
      paramLabel = "TOPIC",
      description = "Topic that the letters came from, if it is another one.")
  private String source;

  @Option(
      names = "--code",
      split = ",",
      paramLabel = "CODE",
      description = "Only letters with these codes, such as UNKNOWN_METER,UNKNOWN_CHANNEL.")
  private Set<DeadLetterCode> codes = Set.of();

  @Option(names = "--step", description = "Only letters of this step, such as ValidateReadings.")
  private String step;

  @Option(
      names = "--pipeline",
      description = "Only letters of this pipeline, such as monitor-consumption.")
  private String pipeline;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only messages that Kafka received at this time or later, ISO 8601.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Only messages that Kafka received before this time.")
  private String to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Looks at N letters at most: a try before the whole.")
  private Long limit;

  @Option(
      names = {"--dryRun", "--dry-run"},
      description = "Only counts what would be sent; changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--kafkaBootstrapServers",
      description = "host:port of Kafka brokers, separated by commas. Not needed for --dryRun.")
  private String bootstrapServers;

  @Option(
      names = "--kafkaPropertiesFile",
      description = "Further properties of the Kafka clients, secrets included.")
  private String kafkaPropertiesFile;

  @Option(names = "--postgresUrl", description = "Database with the dead letters, as a JDBC URL.")
  private String postgresUrl;

  @Option(
      names = "--postgresUser",
      description = "PostgreSQL login role, a member of wattbeam_pipeline.")
  private String postgresUser;

  @Option(
      names = "--postgresPasswordFile",
      description = "File with the password; else the environment's WATTBEAM_POSTGRES_PASSWORD.")
  private String postgresPasswordFile;

  @Option(
      names = "--progress",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Shows the progress on standard error. Default: ${DEFAULT-VALUE}.")
  private boolean showProgress;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the annotation.
  private boolean help;

  private final PrintStream out;
  private final PrintStream err;
  private long lastReport = System.nanoTime();

  ReplayDeadLetters(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Runs the program; 0 when all letters were seen, 2 for wrong options, 1 for what went wrong. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    return new CommandLine(new ReplayDeadLetters(out, err))
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(args);
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> errors = new ArrayList<>();
    DeadLetterFilter filter = filter(errors);
    if (limit != null && limit < 1) {
      errors.add("--limit=" + limit + " has to be a number of letters from 1");
    }
    KafkaConfig kafka =
        dryRun ? null : ServerOptions.kafka(bootstrapServers, topic, kafkaPropertiesFile, errors);
    PostgresConfig postgres =
        ServerOptions.postgres(postgresUrl, postgresUser, postgresPasswordFile, errors);
    if (errors.isEmpty()) {
      errors.addAll(PostgresDatabase.check(postgres));
    }
    if (!errors.isEmpty()) {
      errors.forEach(this::complain);
      return EXIT_USAGE;
    }
    try (DeadLetterQueue queue = DeadLetterQueue.open(postgres, filter)) {
      return replay(queue, filter, kafka);
    } catch (IOException | PostgresException e) {
      complain(e.getMessage());
      complain("what was replayed is marked; run it again for the rest");
      return EXIT_FAILED;
    }
  }

  private DeadLetterFilter filter(List<String> errors) {
    Instant first = time("--from", from, errors);
    Instant end = time("--to", to, errors);
    if (first != null && end != null && !first.isBefore(end)) {
      errors.add("--from=" + from + " is not before --to=" + to);
    }
    return new DeadLetterFilter(source == null ? topic : source, codes, pipeline, step, first, end);
  }

  private static Instant time(String option, String text, List<String> errors) {
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      errors.add(option + "=" + text + " is no time with an offset such as 2024-03-01T00:00:00Z");
      return null;
    }
  }

  private int replay(DeadLetterQueue queue, DeadLetterFilter filter, KafkaConfig kafka)
      throws IOException, InterruptedException {
    long most = limit == null ? Long.MAX_VALUE : limit;
    long total = Math.min(most, queue.count());
    String replayId =
        Instant.now().truncatedTo(ChronoUnit.SECONDS)
            + "/"
            + UUID.randomUUID().toString().substring(0, 8);
    DeadLetterReplay replay =
        new DeadLetterReplay(queue, replayId, most, done -> report(done, total));
    ReplaySummary summary;
    if (dryRun) {
      summary = replay.count();
    } else {
      try (KafkaSender sender = KafkaSender.open(kafka)) {
        summary = UntilStopped.run(replay::stop, () -> replay.send(sender));
      }
    }
    out.println(describe(summary));
    if (summary.complete() && summary.letters() < total) {
      out.println(
          total
              - summary.letters()
              + " letters are in the hands of another run and were left to it; when there is none,"
              + " run this again");
    }
    long others = queue.countOfOtherSources();
    if (others > 0) {
      out.println(
          others
              + " letters that fit otherwise are not of topic "
              + filter.source()
              + " and were left alone: rows of files are published again from their file, conflicts"
              + " have no message, other topics are named with --source");
    }
    if (summary.cut() > 0) {
      out.println(
          summary.cut()
              + " letters hold only the beginning of their message, so they cannot be replayed and"
              + " stay unmarked; the message itself is at their partition and position, while the"
              + " topic keeps it");
    }
    return summary.complete() || summary.letters() == most ? EXIT_OK : EXIT_STOPPED;
  }

  private void report(long done, long total) {
    long now = System.nanoTime();
    if (showProgress && now - lastReport >= REPORT_NANOS) {
      lastReport = now;
      err.println(String.format(Locale.ROOT, "%,d of %,d letters", done, total));
    }
  }

  private void complain(String message) {
    err.println(NAME + ": " + message);
  }

  private String describe(ReplaySummary summary) {
    Map<DeadLetterCode, Long> perCode = new TreeMap<>(summary.perCode());
    return String.format(
        Locale.ROOT,
        "%sletters %d = %s %d + cut %d + empty %d%s%s",
        summary.complete() || dryRun ? "" : "Not to the end: ",
        summary.letters(),
        dryRun ? "to replay" : "replayed",
        summary.replayed(),
        summary.cut(),
        summary.empty(),
        perCode.isEmpty() ? "" : " " + perCode,
        dryRun
            ? "; nothing was sent or marked"
            : "; messages " + summary.messages() + ", marked " + summary.replayId());
  }
}
