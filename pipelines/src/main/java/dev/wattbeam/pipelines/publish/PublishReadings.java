package dev.wattbeam.pipelines.publish;

import dev.wattbeam.io.files.DeadLetterLines;
import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.io.files.FileScan;
import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.io.postgres.PostgresException;
import dev.wattbeam.pipelines.program.RejectedOutput;
import dev.wattbeam.pipelines.program.ServerOptions;
import dev.wattbeam.pipelines.program.UntilStopped;
import dev.wattbeam.pipelines.program.UntilStopped.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Sends readings to Kafka: files, in their order or as a replay in time, or the table {@code
 * raw_readings}. A plain program: a file has an order that a Beam source would lose, and the table
 * a position that has to follow what Kafka has acknowledged.
 *
 * <pre>
 * files                open each file, format by name or by mapping file; gzip recognised
 * read row by row      -> readings | missing rows | rejected rows (dead letters)
 * pace                 as fast as possible, --rate, or --speedUp
 * send                 canonical JSON, key = meter, idempotent, acknowledged by all
 *
 * postgres             the whole table once, by several readers
 * follow               what transactions have written since; with --continuous for ever
 * send                 as above; then the position is noted in the database
 * </pre>
 */
@Command(
    name = PublishReadings.NAME,
    sortOptions = false,
    description = PublishReadings.DESCRIPTION)
public final class PublishReadings implements Callable<Integer> {
  public static final String NAME = "publish-readings";
  public static final String DESCRIPTION =
      "Sends meter readings to Kafka, from files or from PostgreSQL.";

  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_STOPPED = 130;
  private static final int MAX_READERS = 64;
  private static final Pattern RATE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(?:/s)?");

  /** Where readings come from. */
  enum Source {
    FILES,
    POSTGRES
  }

  @Option(
      names = "--source",
      defaultValue = "files",
      description =
          "files: those of --input. postgres: the table wattbeam.raw_readings; what was sent"
              + " before is not sent again. Default: ${DEFAULT-VALUE}.")
  private Source source;

  @Option(
      names = "--input",
      arity = "1..*",
      description = "File, plain or gzip; - is the standard input. May be given several times.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--format",
      description = "Name of a format (${COMPLETION-CANDIDATES}) or a mapping file.",
      completionCandidates = FormatNames.class)
  private String format;

  @Option(names = "--meter", description = "Name of the meter, for formats without a meter column.")
  private String meter;

  @Option(
      names = "--zone",
      description = "Time zone of times without offset, such as Europe/Paris or +10:00.")
  private String zone;

  @Option(
      names = "--kafkaBootstrapServers",
      required = true,
      description = "host:port of Kafka brokers, separated by commas.")
  private String bootstrapServers;

  @Option(
      names = {"--topic", "--kafkaTopic"},
      defaultValue = "readings",
      description = "Topic to send to. Default: ${DEFAULT-VALUE}.")
  private String topic;

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
      names = "--rate",
      paramLabel = "N/s",
      description = "Most readings per second. Default: as fast as possible.")
  private String rate;

  @Option(
      names = "--speedUp",
      paramLabel = "X",
      description =
          "Replays history as a live stream, X seconds of it per second; sorts by time if the"
              + " files are not in order.")
  private Double speedUp;

  @Option(
      names = "--sort",
      description = "Sends in the order of the times, over all files; holds the rows in memory.")
  private boolean sort;

  @Option(
      names = "--rejected",
      paramLabel = "FILE",
      description = "Writes rejected rows to this file, one JSON dead letter per line.")
  private Path rejectedFile;

  @Option(
      names = "--register",
      description = "First puts the meters of the files into the meter directory in PostgreSQL.")
  private boolean register;

  @Option(
      names = "--continuous",
      description = "With --source=postgres: goes on with new and corrected rows until stopped.")
  private boolean continuous;

  @Option(
      names = "--pollEvery",
      defaultValue = "PT1S",
      description =
          "With --continuous: how often to look for rows, ISO 8601. Default: ${DEFAULT-VALUE}.")
  private Duration pollEvery;

  @Option(
      names = "--readers",
      paramLabel = "N",
      defaultValue = "" + TableSettings.DEFAULT_READERS,
      description =
          "With --source=postgres: how many parts of the table are read at a time in the first"
              + " pass. Default: ${DEFAULT-VALUE}.")
  private int readers;

  @Option(
      names = "--fromBeginning",
      description = "With --source=postgres: sends the whole table, whatever was sent before.")
  private boolean fromBeginning;

  @Option(
      names = "--postgresUrl",
      description =
          "Database of raw_readings and of the meter directory, as a JDBC URL; rejected rows go to"
              + " its dead_letters.")
  private String postgresUrl;

  @Option(names = "--postgresUser", description = "PostgreSQL login role.")
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

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  PublishReadings(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Candidates of {@code --format} in the help. */
  static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ReadingFormat.names().iterator();
    }
  }

  public static void main(String[] args) {
    System.exit(run(args, System.in, System.out, System.err));
  }

  /** Runs the program; 0 when everything was sent, 2 for wrong options, 1 for what went wrong. */
  static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
    return new CommandLine(new PublishReadings(in, out, err))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(args);
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> errors = new ArrayList<>();
    Work<Integer> work =
        switch (source) {
          case FILES -> ofFiles(errors);
          case POSTGRES -> ofTable(errors);
        };
    if (!errors.isEmpty()) {
      errors.forEach(this::complain);
      return EXIT_USAGE;
    }
    try {
      return work.run();
    } catch (UncheckedIOException e) {
      complain(e.getCause().getMessage());
    } catch (IOException | PostgresException e) {
      complain(e.getMessage());
    }
    return EXIT_FAILED;
  }

  private Work<Integer> ofFiles(List<String> errors) {
    if (continuous || fromBeginning) {
      errors.add("--continuous and --fromBeginning go with --source=postgres only");
    }
    PublishSettings settings = settings(errors);
    PostgresConfig postgres = register || postgresUrl != null ? postgres(errors) : null;
    if (register && inputs.contains(PublishSettings.STDIN)) {
      errors.add("--register has to read the input twice, so --input=- does not go with it");
    }
    return () -> {
      try (DeadLetterLines lines =
              rejectedFile == null ? null : DeadLetterLines.create(rejectedFile);
          DeadLetterTable table = postgres == null ? null : DeadLetterTable.open(postgres)) {
        return publish(settings, postgres, new RejectedOutput(lines, table, this::complain));
      }
    };
  }

  private Work<Integer> ofTable(List<String> errors) {
    Map<String, Boolean> foreign = new LinkedHashMap<>();
    foreign.put("--input", !inputs.isEmpty());
    foreign.put("--format", format != null);
    foreign.put("--meter", meter != null);
    foreign.put("--zone", zone != null);
    foreign.put("--rate", rate != null);
    foreign.put("--speedUp", speedUp != null);
    foreign.put("--sort", sort);
    foreign.put("--rejected", rejectedFile != null);
    foreign.put("--register", register);
    foreign.forEach(
        (option, given) -> {
          if (given) {
            errors.add(option + " goes with --source=files only");
          }
        });
    if (readers < 1 || readers > MAX_READERS) {
      errors.add("--readers=" + readers + " has to be from 1 to " + MAX_READERS);
    }
    if (pollEvery.isNegative() || pollEvery.isZero()) {
      errors.add("--pollEvery=" + pollEvery + " has to be above 0, such as PT1S");
    }
    KafkaConfig kafka = kafka(errors);
    PostgresConfig postgres = postgres(errors);
    return () ->
        publishTable(
            TableSettings.of(postgres, kafka)
                .withReaders(readers)
                .withFromBeginning(fromBeginning)
                .withPollEvery(continuous ? pollEvery : null));
  }

  /** Judges all the options; each error is one line. */
  private PublishSettings settings(List<String> errors) {
    ReadingFormat readingFormat = null;
    if (inputs.isEmpty()) {
      errors.add("--input is missing: give the files, or --source=postgres");
    }
    if (format == null) {
      errors.add("--format is missing: give a name or a mapping file (--help lists the names)");
    } else {
      readingFormat = format(errors);
    }
    for (Path input : inputs) {
      if (!input.equals(PublishSettings.STDIN) && !Files.isReadable(input)) {
        errors.add("--input=" + input + " does not exist or may not be read");
      } else if (Files.isDirectory(input)) {
        errors.add("--input=" + input + " is a directory; give its files");
      }
    }
    if (Collections.frequency(inputs, PublishSettings.STDIN) > 1) {
      errors.add("--input=- can be given once");
    }
    RejectedOutput.check(rejectedFile, errors);
    double readingsPerSecond = 0;
    if (rate != null) {
      Matcher matcher = RATE.matcher(rate);
      readingsPerSecond = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
      if (readingsPerSecond <= 0) {
        errors.add("--rate=" + rate + " has to be readings per second above 0, such as 1000/s");
      }
    }
    if (speedUp != null && !(speedUp > 0 && speedUp < 1e12)) {
      errors.add("--speedUp=" + speedUp + " has to be above 0, such as 60: an hour in a minute");
    }
    KafkaConfig kafka = kafka(errors);
    if (!errors.isEmpty()) {
      return null;
    }
    return PublishSettings.of(inputs, readingFormat, kafka)
        .withRate(readingsPerSecond)
        .withSpeedUp(speedUp == null ? 0 : speedUp)
        .withSort(sort);
  }

  private KafkaConfig kafka(List<String> errors) {
    ServerOptions.checkPartitions(createTopic, errors);
    return ServerOptions.kafka(bootstrapServers, topic, kafkaPropertiesFile, errors);
  }

  private PostgresConfig postgres(List<String> errors) {
    return ServerOptions.postgres(postgresUrl, postgresUser, postgresPasswordFile, errors);
  }

  private ReadingFormat format(List<String> errors) {
    ReadingFormat readingFormat;
    try {
      readingFormat = ReadingFormat.of(format);
      if (meter != null) {
        readingFormat = readingFormat.withMeter(meter);
      }
    } catch (IllegalArgumentException e) {
      errors.add(e.getMessage());
      return null;
    }
    if (!readingFormat.namesMeters()) {
      errors.add("Format " + format + " does not name the meter; give it with --meter=NAME");
    }
    if (zone != null) {
      try {
        readingFormat = readingFormat.withZone(ZoneId.of(zone));
      } catch (DateTimeException e) {
        errors.add("--zone=" + zone + " is no time zone such as Europe/Paris, UTC or +10:00");
      }
    }
    return readingFormat;
  }

  private int publish(PublishSettings settings, PostgresConfig postgres, RejectedOutput rejected)
      throws IOException, InterruptedException {
    createTopic(settings.kafka());
    ReadingPublisher publisher =
        ReadingPublisher.create(settings).readingStdin(in).onRejected(rejected::take);
    if (register) {
      FileScan scan = FileScan.of(settings.inputs(), settings.format());
      MeterDirectoryStore.of(postgres).save(DirectoryEntries.ofMeters(scan.meters()));
      err.println("Put " + scan.meters().size() + " meters into the directory.");
      publisher.withScan(scan);
    }
    if (showProgress) {
      publisher.onProgress(progress -> err.println(describe(progress)));
    }
    PublishSummary summary =
        untilStopped(publisher::stop, publisher::publish, PublishReadings::describe);
    if (!summary.complete()) {
      return EXIT_STOPPED;
    }
    if (summary.rowsRead() == 0) {
      complain("the input has no row");
      return EXIT_FAILED;
    }
    return EXIT_OK;
  }

  private int publishTable(TableSettings settings) throws IOException, InterruptedException {
    List<String> problems = PostgresDatabase.check(settings.postgres());
    if (!problems.isEmpty()) {
      problems.forEach(this::complain);
      return EXIT_FAILED;
    }
    createTopic(settings.kafka());
    TablePublisher publisher = TablePublisher.create(settings).onWarning(this::complain);
    if (showProgress) {
      publisher.onProgress(progress -> err.println(describe(progress)));
    }
    TableSummary summary =
        untilStopped(publisher::stop, publisher::publish, PublishReadings::describe);
    return summary.complete() ? EXIT_OK : EXIT_STOPPED;
  }

  private void createTopic(KafkaConfig kafka) throws IOException {
    if (createTopic != null && KafkaSender.createTopic(kafka, createTopic)) {
      err.println("Made topic " + topic + " with " + createTopic + " partitions.");
    }
  }

  /** Ctrl-C ends it at the next good moment, with the summary. */
  private <T> T untilStopped(Runnable stop, Work<T> work, Function<T, String> describe)
      throws IOException, InterruptedException {
    return UntilStopped.run(
        stop,
        () -> {
          T summary = work.run();
          out.println(describe.apply(summary));
          return summary;
        });
  }

  private void complain(String message) {
    err.println(NAME + ": " + message);
  }

  private static String describe(PublishProgress progress) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d rows, %,d readings, %,.0f readings/s",
            progress.rows(),
            progress.readings(),
            progress.readingsPerSecond()));
    if (progress.share() >= 0) {
      text.append(String.format(Locale.ROOT, ", %.0f %%", progress.share() * 100));
    }
    if (progress.left() != null && progress.share() < 1) {
      text.append(", ").append(progress.left().toSeconds()).append(" s left");
    }
    return text.toString();
  }

  private static String describe(PublishSummary summary) {
    String rejected = summary.rowsRejected() == 0 ? "" : " " + summary.rejected();
    return String.format(
        Locale.ROOT,
        "%srows read %d = published %d + missing %d + rejected %d%s; readings %d of %d meters;"
            + " %.1f s",
        summary.complete() ? "" : "Stopped before the end: ",
        summary.rowsRead(),
        summary.rowsPublished(),
        summary.rowsMissing(),
        summary.rowsRejected(),
        rejected,
        summary.readingsPublished(),
        summary.meters().size(),
        summary.seconds());
  }

  private static String describe(TableSummary summary) {
    return String.format(
        Locale.ROOT,
        "%srows sent %d = first pass %d + changes %d - rejected %d; %.1f s",
        summary.complete() ? "" : "Stopped before the end: ",
        summary.backfilled() + summary.changes() - summary.rejected(),
        summary.backfilled(),
        summary.changes(),
        summary.rejected(),
        summary.seconds());
  }
}
