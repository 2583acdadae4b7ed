package dev.wattbeam.pipelines.grid;

import dev.wattbeam.io.files.DeadLetterLines;
import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.files.SeriesFile;
import dev.wattbeam.io.files.SeriesFormat;
import dev.wattbeam.io.http.CarbonApi;
import dev.wattbeam.io.http.CarbonFeed;
import dev.wattbeam.io.http.CarbonPoller;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.pipelines.program.RejectedOutput;
import dev.wattbeam.pipelines.program.ServerOptions;
import dev.wattbeam.pipelines.program.UntilStopped;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Sends signals of the grid to Kafka: from files, or from the Carbon Intensity API of Great Britain
 * for ever. A plain program: one API is asked by one.
 *
 * <pre>
 * files   read row by row       -> signals | rows without value | rejected rows
 * API     ask what is due       -> what is new or corrected | failures, tried again later
 * send                          canonical JSON, key = source and area, acknowledged by all
 * </pre>
 */
@Command(
    name = PublishGridSignals.NAME,
    sortOptions = false,
    description = PublishGridSignals.DESCRIPTION)
public final class PublishGridSignals implements Callable<Integer> {
  public static final String NAME = SeriesFile.PIPELINE;
  public static final String DESCRIPTION =
      "Sends signals of the grid to Kafka, from files or from the Carbon Intensity API.";

  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_STOPPED = 130;
  private static final Duration LEAST_EVERY = Duration.ofSeconds(10);
  private static final Duration MOST_EVERY = Duration.ofMinutes(30);
  private static final Duration MOST_BACKFILL = Duration.ofDays(366);

  @Option(
      names = "--input",
      arity = "1..*",
      description = "File, plain or gzip; may be given several times. Without: the API is asked.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--format",
      description = "Name of a format (${COMPLETION-CANDIDATES}) or a mapping file.",
      completionCandidates = FormatNames.class)
  private String format;

  @Option(
      names = "--knownAt",
      paramLabel = "TIME",
      description =
          "When the files were published: of two values for one time the later one counts."
              + " Default: when each file was last changed.")
  private String knownAt;

  @Option(
      names = "--feed",
      description =
          "What to ask for: national, generation, region-1 to region-18. May be given several"
              + " times. Default: national and generation.")
  private List<String> feeds = List.of("national", "generation");

  @Option(
      names = "--apiUrl",
      defaultValue = CarbonApi.URL,
      description = "Where the API is. Default: ${DEFAULT-VALUE}.")
  private String apiUrl = CarbonApi.URL;

  @Option(
      names = "--every",
      defaultValue = "PT5M",
      description = "Time between two rounds, PT10S to PT30M. Default: ${DEFAULT-VALUE}.")
  private String every = "PT5M";

  @Option(
      names = "--backfill",
      defaultValue = "P14D",
      description =
          "How far back what is missing is asked for: after an outage, and at the first start."
              + " Default: ${DEFAULT-VALUE}.")
  private String backfill = "P14D";

  @Option(
      names = "--once",
      description = "Asks until one round went well, for at most two minutes, and ends.")
  private boolean once;

  @Option(
      names = "--kafkaBootstrapServers",
      required = true,
      description = "host:port of Kafka brokers, separated by commas.")
  private String bootstrapServers;

  @Option(
      names = {"--topic", "--kafkaTopic"},
      defaultValue = "grid-signals",
      description = "Topic to send to. Default: ${DEFAULT-VALUE}.")
  private String topic = "grid-signals";

  @Option(
      names = "--kafkaPropertiesFile",
      description = "Further properties of the Kafka clients, secrets included.")
  private String kafkaPropertiesFile;

  @Option(
      names = {"--create-topic", "--createTopic"},
      paramLabel = "PARTITIONS",
      description = "Makes the topic with so many partitions unless it exists.")
  private Integer createTopic;

  @Option(
      names = "--rejected",
      paramLabel = "FILE",
      description = "Writes what is rejected to this file, one JSON dead letter per line.")
  private Path rejectedFile;

  @Option(
      names = "--postgresUrl",
      description = "Database, as a JDBC URL, whose dead_letters get what is rejected.")
  private String postgresUrl;

  @Option(names = "--postgresUser", description = "PostgreSQL login role.")
  private String postgresUser;

  @Option(
      names = "--postgresPasswordFile",
      description = "File with the password; else the environment's WATTBEAM_POSTGRES_PASSWORD.")
  private String postgresPasswordFile;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the annotation.
  private boolean help;

  private final PrintStream out;
  private final PrintStream err;

  PublishGridSignals(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Candidates of {@code --format} in the help. */
  static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return SeriesFormat.names().iterator();
    }
  }

  /** Everything that the options say, once they are right. */
  private record Settings(
      KafkaConfig kafka,
      PostgresConfig postgres,
      SeriesFormat format,
      Instant known,
      List<CarbonFeed> feeds,
      Duration every,
      Duration backfill) {}

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Runs the program; 0 when everything was sent, 2 for wrong options, 1 for what went wrong. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    return new CommandLine(new PublishGridSignals(out, err))
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(args);
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> errors = new ArrayList<>();
    Settings settings = settings(errors);
    if (!errors.isEmpty()) {
      errors.forEach(this::complain);
      return EXIT_USAGE;
    }
    try (DeadLetterLines lines =
            rejectedFile == null ? null : DeadLetterLines.create(rejectedFile);
        DeadLetterTable table =
            settings.postgres() == null ? null : DeadLetterTable.open(settings.postgres())) {
      if (createTopic != null && KafkaSender.createTopic(settings.kafka(), createTopic)) {
        err.println("Made topic " + topic + " with " + createTopic + " partitions.");
      }
      RejectedOutput rejected = new RejectedOutput(lines, table, this::complain);
      try (GridPublisher publisher = GridPublisher.open(settings.kafka(), rejected::take)) {
        return UntilStopped.run(
            publisher::stop,
            () ->
                inputs.isEmpty()
                    ? poll(publisher, settings, table)
                    : publishFiles(publisher, settings));
      }
    } catch (IOException e) {
      complain(e.getMessage());
    } catch (UncheckedIOException e) {
      complain(e.getCause().getMessage());
    }
    return EXIT_FAILED;
  }

  /** Judges all the options; each error is one line. */
  private Settings settings(List<String> errors) {
    SeriesFormat seriesFormat = null;
    if (!inputs.isEmpty() && format == null) {
      errors.add("--format is missing; expected one of " + SeriesFormat.names() + ", or a file");
    } else if (!inputs.isEmpty()) {
      try {
        seriesFormat = SeriesFormat.of(format);
      } catch (IllegalArgumentException e) {
        errors.add(e.getMessage());
      }
    }
    for (Path input : inputs) {
      if (!Files.isReadable(input) || Files.isDirectory(input)) {
        errors.add("--input=" + input + " is no file that may be read");
      }
    }
    Instant known = null;
    if (knownAt != null) {
      try {
        known = Instant.parse(knownAt);
      } catch (DateTimeException e) {
        errors.add("--knownAt=" + knownAt + " is no moment such as 2024-03-01T00:00:00Z");
      }
    }
    List<CarbonFeed> carbonFeeds = new ArrayList<>();
    for (String feed : feeds) {
      try {
        carbonFeeds.add(CarbonFeed.of(feed));
      } catch (IllegalArgumentException e) {
        errors.add("--feed=" + feed + ": " + e.getMessage());
      }
    }
    if (!apiUrl.matches("https?://.+") || !isUri(apiUrl)) {
      errors.add("--apiUrl=" + apiUrl + " is no address such as " + CarbonApi.URL);
    }
    Duration pause = duration("--every", every, LEAST_EVERY, MOST_EVERY, errors);
    Duration back = duration("--backfill", backfill, Duration.ZERO, MOST_BACKFILL, errors);
    ServerOptions.checkPartitions(createTopic, errors);
    RejectedOutput.check(rejectedFile, errors);
    KafkaConfig kafka = ServerOptions.kafka(bootstrapServers, topic, kafkaPropertiesFile, errors);
    PostgresConfig postgres =
        postgresUrl == null
            ? null
            : ServerOptions.postgres(postgresUrl, postgresUser, postgresPasswordFile, errors);
    return new Settings(kafka, postgres, seriesFormat, known, carbonFeeds, pause, back);
  }

  private static boolean isUri(String text) {
    try {
      return URI.create(text).getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Duration duration(
      String option, String text, Duration least, Duration most, List<String> errors) {
    try {
      Duration duration = Duration.parse(text);
      if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
        return duration;
      }
    } catch (DateTimeException e) {
      // The same message as for one that is out of range.
    }
    errors.add(option + "=" + text + " is no ISO 8601 duration from " + least + " to " + most);
    return most;
  }

  private int publishFiles(GridPublisher publisher, Settings settings) throws IOException {
    boolean complete = true;
    for (Path input : inputs) {
      complete = complete && publisher.publishFile(input, settings.format(), settings.known());
    }
    GridPublisher.Summary summary = publisher.summary();
    out.println(
        String.format(
            Locale.ROOT,
            "%srows read %d = published %d + missing %d + rejected %d; messages %d",
            complete ? "" : "Stopped before the end: ",
            summary.rows(),
            summary.rows() - summary.missing() - summary.rejected(),
            summary.missing(),
            summary.rejected(),
            summary.messages()));
    return complete ? EXIT_OK : EXIT_STOPPED;
  }

  private int poll(GridPublisher publisher, Settings settings, DeadLetterTable table)
      throws IOException, InterruptedException {
    boolean good =
        publisher.poll(
            CarbonApi.at(apiUrl, Duration.ofSeconds(30), Clock.systemUTC()),
            settings.feeds(),
            settings.every(),
            settings.backfill(),
            once ? Duration.ofMinutes(2) : null,
            Clock.systemUTC(),
            round -> describe(round, table));
    return good || !once ? EXIT_OK : EXIT_FAILED;
  }

  private void describe(CarbonPoller.Round round, DeadLetterTable table) {
    if (table != null) {
      table.flush(); // A round is long, and the program may be killed.
    }
    round.failures().forEach(this::complain);
    err.println(
        String.format(
            Locale.ROOT,
            "%d values sent, %d half-hours missing; next round in %d s",
            round.values(),
            round.missing(),
            round.pause().toSeconds()));
  }

  private void complain(String message) {
    err.println(NAME + ": " + message);
  }
}
