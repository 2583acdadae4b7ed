package dev.wattbeam.demo;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.io.files.FileScan;
import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.pipelines.publish.PublishProgress;
import dev.wattbeam.pipelines.publish.PublishSettings;
import dev.wattbeam.pipelines.publish.PublishSummary;
import dev.wattbeam.pipelines.publish.ReadingPublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends a file through Kafka and the pipeline into PostgreSQL, waits until everything is through,
 * exports the tables and says what became of each row.
 */
final class OneShot {
  private static final String NAME = "once";

  private final DemoConfig config;
  private final ReadingFormat format;
  private final DataDirectory directory;
  private final Progress progress;
  private final Shutdown shutdown;
  private final long startNanos;

  /** Topic of its own, so that the pipeline reads this file and nothing else. */
  private final String topic;

  /** Database of its own for the same reason; null for the standard one of an ephemeral server. */
  private final String database;

  OneShot(
      DemoConfig config,
      ReadingFormat format,
      DataDirectory directory,
      Progress progress,
      Shutdown shutdown,
      long startNanos) {
    this.config = config;
    this.format = format;
    this.directory = directory;
    this.progress = progress;
    this.shutdown = shutdown;
    this.startNanos = startNanos;
    String run =
        NAME
            + '_'
            + DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss_SSS", Locale.ROOT)
                .format(LocalDateTime.now(ZoneOffset.UTC));
    this.topic = config.ephemeral() ? "readings" : run;
    this.database = config.ephemeral() ? null : run;
  }

  /**
   * Does it all.
   *
   * @return the exit code
   * @throws IOException naming the file that cannot be read or written
   * @throws DemoException when a reading is lost, or the pipeline or the export fails
   */
  int run() throws IOException {
    ExecutorService threads = Threads.daemons(NAME, 2);
    try {
      // The servers need a few seconds; so does the look through the file.
      Future<FileScan> scan = threads.submit(() -> FileScan.of(List.of(config.input()), format));
      try (Servers servers = Servers.start(config, directory, topic, database, progress)) {
        return run(servers, await(scan), threads);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private int run(Servers servers, FileScan scan, ExecutorService threads) throws IOException {
    MeterDirectoryStore.of(servers.pipelineAccess()).save(DirectoryEntries.ofMeters(scan.meters()));
    progress.say("Directory   %,d meters of %s registered", scan.meters().size(), config.input());

    PublishSummary published = publish(servers, scan, threads);
    if (shutdown.requested() || !published.complete()) {
      return ExitCode.INTERRUPTED;
    }
    long start = System.nanoTime();
    MonitorJob job = await(threads.submit(() -> MonitorJob.runBounded(config, servers, topic)));
    progress.say("Pipeline    everything is through (%s)", Progress.since(start));

    try (Connection connection = servers.reader()) {
      OneShotSummary summary = summarise(connection, published, scan, job.counters(), Map.of());
      requireBalance(summary, job);
      if (config.export() != null) {
        summary = export(connection, summary);
      }
      progress.show("\n" + summary.toText());
      if (!config.ephemeral()) {
        progress.say("The database '%s' stays in %s", servers.database(), config.dataDir());
      }
      return ExitCode.OK;
    } catch (SQLException e) {
      throw new DemoException("The results cannot be read: " + e.getMessage(), e);
    }
  }

  private PublishSummary publish(Servers servers, FileScan scan, ExecutorService threads)
      throws IOException {
    try (DeadLetterTable rejected = DeadLetterTable.open(servers.pipelineAccess())) {
      ReadingPublisher publisher =
          ReadingPublisher.create(
                  PublishSettings.of(
                      List.of(config.input()),
                      format,
                      KafkaConfig.of(servers.kafka().bootstrapServers(), topic)))
              .withScan(scan)
              .onRejected(rejected::write)
              .onProgress(this::show);
      Future<PublishSummary> running = threads.submit(publisher::publish);
      while (!running.isDone() && !shutdown.await(20)) {
        // The publisher reports by itself.
      }
      if (shutdown.requested()) {
        publisher.stop();
      }
      PublishSummary summary = await(running);
      progress.say(
          "Published   %,d rows as %,d readings to topic '%s' (%.1f s)",
          summary.rowsRead(), summary.readingsPublished(), topic, summary.seconds());
      return summary;
    }
  }

  private void show(PublishProgress done) {
    if (done.share() < 1) {
      progress.say(
          "            %,d rows (%.0f %%), %,.0f readings/s",
          done.rows(), 100 * Math.max(0, done.share()), done.readingsPerSecond());
    }
  }

  /** The result of a task, or its failure; gives up when the user does. */
  private <T> T await(Future<T> task) throws IOException {
    try {
      while (true) {
        if (shutdown.requested()) {
          task.cancel(true);
          throw new DemoException("stopped before the end");
        }
        try {
          return task.get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          continue;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted", e);
    }
  }

  /**
   * Counts in the database what arrived there. Copies leave no trace in it, and conflicts none of
   * the topic, so these are the pipeline's own counts; that the whole adds up proves both.
   */
  private OneShotSummary summarise(
      Connection connection,
      PublishSummary published,
      FileScan scan,
      Map<String, Long> counters,
      Map<String, Long> files)
      throws SQLException {
    SortedMap<String, Long> deadLetters = new TreeMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT code, count(*) FROM wattbeam.dead_letters WHERE source = ? GROUP BY code")) {
      statement.setString(1, topic);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          deadLetters.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    long conflicts =
        counters.getOrDefault("dead_letters_" + DeadLetterCode.CONFLICTING_READING, 0L);
    if (conflicts > 0) {
      deadLetters.put(DeadLetterCode.CONFLICTING_READING.name(), conflicts);
    }
    SortedMap<MeterChannel, Long> energy = new TreeMap<>();
    long accepted = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT meter, channel, sum(samples), sum(energy_mj) FROM wattbeam.intervals"
                    + " GROUP BY meter, channel")) {
      while (rows.next()) {
        accepted += rows.getLong(3);
        if (rows.getBigDecimal(4) != null) {
          energy.put(
              new MeterChannel(rows.getString(1), rows.getString(2)),
              rows.getBigDecimal(4).longValueExact());
        }
      }
    }
    return new OneShotSummary(
        published.rowsRead(),
        published.rowsPublished(),
        published.rowsMissing(),
        published.rowsRejected(),
        published.readingsPublished(),
        accepted,
        counters.getOrDefault("duplicates", 0L),
        countLate(connection),
        deadLetters,
        scan.meters().size(),
        energy,
        files,
        Progress.seconds(startNanos));
  }

  private long countLate(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT count(*) FROM wattbeam.late_readings WHERE source = ?")) {
      statement.setString(1, topic);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void requireBalance(OneShotSummary summary, MonitorJob job) {
    if (summary.unaccounted() != 0) {
      throw new DemoException(
          String.format(
              Locale.ROOT,
              "%,d of %,d readings are unaccounted for: accepted %,d, duplicates %,d, late %,d,"
                  + " dead letters %,d (the pipeline's counters: %s); please report this",
              summary.unaccounted(),
              summary.readingsPublished(),
              summary.accepted(),
              summary.duplicates(),
              summary.late(),
              summary.deadLetterCount(),
              job.counters()));
    }
  }

  private OneShotSummary export(Connection connection, OneShotSummary summary)
      throws SQLException, IOException {
    long start = System.nanoTime();
    Path target = Files.createDirectories(config.export());
    Map<String, Long> files = new LinkedHashMap<>(TableExport.write(connection, target));
    OneShotSummary complete = summary.exported(files, Progress.seconds(startNanos));
    Path unfinished = target.resolve(".summary.json.tmp");
    JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
        .build()
        .writeValue(unfinished.toFile(), complete.toJson());
    Files.move(
        unfinished,
        target.resolve("summary.json"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    progress.say(
        "Export      %,d rows in %s (%s)",
        files.values().stream().mapToLong(Long::longValue).sum(),
        config.export(),
        Progress.since(start));
    return complete;
  }
}
