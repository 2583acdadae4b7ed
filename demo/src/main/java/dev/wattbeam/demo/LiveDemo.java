package dev.wattbeam.demo;

import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;

/** Feeds readings, runs the pipeline, and shows what becomes of them until somebody stops it. */
final class LiveDemo {
  private static final String TOPIC = "readings";
  private static final long LOOK_MILLIS = 50;
  private static final long REFRESH_MILLIS = 1_000;
  private static final long PRINT_MILLIS = 10_000;
  private static final long SETTLE_MILLIS = 30_000;

  /** Looks without a change, so that what waits in the pipeline for a moment is through. */
  private static final int QUIET_LOOKS = 4;

  private static final double NO_ROW_SECONDS = 60;

  private final DemoConfig config;
  private final ReadingFormat format;
  private final DataDirectory directory;
  private final Progress progress;
  private final Shutdown shutdown;
  private final boolean terminal;
  private final long startNanos;
  private final Instant startTime = Instant.now();
  private final LiveView view = new LiveView();
  private long runningNanos;

  LiveDemo(
      DemoConfig config,
      ReadingFormat format,
      DataDirectory directory,
      Progress progress,
      Shutdown shutdown,
      boolean terminal,
      long startNanos) {
    this.config = config;
    this.format = format;
    this.directory = directory;
    this.progress = progress;
    this.shutdown = shutdown;
    this.terminal = terminal;
    this.startNanos = startNanos;
  }

  /**
   * Runs until Ctrl-C or the end of {@code --duration}.
   *
   * @return the exit code
   * @throws IOException naming the file that cannot be read
   * @throws DemoException when something gives up
   */
  int run() throws IOException {
    progress.say("WattBeam: raw meter readings become trusted consumption. Ctrl-C ends it.");
    progress.say("");
    ExecutorService warmUp = Threads.daemons("warm-up", 1);
    // Flink's classes take seconds to load: meanwhile the servers start.
    warmUp.execute(() -> MonitorJob.loadClasses(config));
    try (Feed feed = openFeed();
        Servers servers = Servers.start(config, directory, TOPIC, null, progress)) {
      if (shutdown.requested()) {
        return ExitCode.INTERRUPTED;
      }
      feed.register(MeterDirectoryStore.of(servers.pipelineAccess()));
      progress.say("Readings    %s", feed.describe());
      feed.start(servers);
      long start = System.nanoTime();
      MonitorJob job = MonitorJob.startLive(config, servers, directory, TOPIC);
      progress.say(
          "Pipeline    MonitorConsumption on %s (%s)",
          config.runner().description(), Progress.since(start));
      try {
        return watch(feed, servers, job);
      } finally {
        stop(feed, job);
      }
    } finally {
      warmUp.shutdownNow();
    }
  }

  private Feed openFeed() throws IOException {
    return config.input() == null
        ? SimulatedFeed.open(config, directory, TOPIC)
        : new FileFeed(config, format, TOPIC);
  }

  private void stop(Feed feed, MonitorJob job) {
    progress.say("");
    progress.say("Stopping: no more readings, then the pipeline, then the servers.");
    long start = System.nanoTime();
    feed.stop();
    try {
      job.stop();
    } catch (IOException | RuntimeException e) {
      // The servers still have to be stopped.
      progress.say("The pipeline did not stop cleanly: %s", Failures.oneLine(e));
    }
    progress.say(
        "Pipeline stopped (%s).%s",
        Progress.since(start),
        config.ephemeral() ? "" : " The data stays in " + config.dataDir() + ".");
  }

  private int watch(Feed feed, Servers servers, MonitorJob job) {
    try (Connection database = servers.reader();
        CommittedOffsets offsets =
            new CommittedOffsets(servers.kafka().bootstrapServers(), MonitorJob.GROUP)) {
      if (!awaitFirstRow(feed, database, job)) {
        return ExitCode.OK;
      }
      runningNanos = System.nanoTime();
      sayWhereToLook(servers);
      show(feed, database, job, offsets);
      if (config.duration() != null && !shutdown.requested()) {
        settle(feed, database, job, offsets);
      }
      return ExitCode.OK;
    } catch (SQLException e) {
      throw new DemoException("PostgreSQL does not answer: " + e.getMessage(), e);
    }
  }

  /** Whether there is a row before the user ends it. */
  private boolean awaitFirstRow(Feed feed, Connection database, MonitorJob job)
      throws SQLException {
    while (!shutdown.await(LOOK_MILLIS)) {
      requireAlive(feed, job);
      if (LiveView.hasRowSince(database, startTime)) {
        progress.say("First row   in PostgreSQL after %s", Progress.since(startNanos));
        return true;
      }
      if (feed.finished() && Progress.seconds(startNanos) > NO_ROW_SECONDS) {
        progress.say("No row yet, though everything is sent: see what was rejected.");
        return true;
      }
    }
    return false;
  }

  private boolean over() {
    return shutdown.requested() || millisLeft() <= 0;
  }

  /** Until the end of {@code --duration}, which counts from the first row. */
  private long millisLeft() {
    return config.duration() == null
        ? Long.MAX_VALUE
        : config.duration().toMillis() - (long) (Progress.seconds(runningNanos) * 1000);
  }

  private void requireAlive(Feed feed, MonitorJob job) {
    if (feed.failure() != null) {
      throw new DemoException(
          "No more readings are sent: " + Failures.oneLine(feed.failure()), feed.failure());
    }
    if (job.ended()) {
      throw new DemoException(
          "The pipeline stopped: "
              + job.failure()
              + (config.verbose() ? "" : " (more in " + directory.log() + ")"));
    }
  }

  private void sayWhereToLook(Servers servers) {
    progress.say("");
    progress.say("Look for yourself (user %s may only read):", Servers.READER_USER);
    progress.say(
        "  PGPASSWORD=$(cat %s) psql -h 127.0.0.1 -p %d -U %s %s",
        shown(servers.passwordFile(Servers.READER_USER)),
        servers.postgresPort(),
        Servers.READER_USER,
        servers.database());
    progress.say("  SELECT * FROM wattbeam.latest_intervals ORDER BY meter LIMIT 10;");
    progress.say(
        "  SELECT * FROM wattbeam.daily_consumption ORDER BY local_day DESC, meter LIMIT 10;");
    progress.say(
        "  SELECT grp, channel, start_time, energy_kwh, coverage FROM wattbeam.group_hours ORDER BY"
            + " start_time DESC, grp LIMIT 10;");
    progress.say("  SELECT code, rejected, example FROM wattbeam.rejected_by_reason;");
    progress.say("");
  }

  /** As short as it can be typed from here. */
  private static Object shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }

  private void show(Feed feed, Connection database, MonitorJob job, CommittedOffsets offsets)
      throws SQLException {
    long pause = terminal ? REFRESH_MILLIS : PRINT_MILLIS;
    int linesBefore = 0;
    long sentBefore = feed.published();
    long timeBefore = System.nanoTime();
    while (!over()) {
      requireAlive(feed, job);
      long sent = feed.published();
      double rate = (sent - sentBefore) / Math.max(0.001, Progress.seconds(timeBefore));
      sentBefore = sent;
      timeBefore = System.nanoTime();
      List<String> lines = lines(feed, database, offsets, rate, false);
      StringBuilder text = new StringBuilder();
      if (terminal) {
        // Back to the first line of the table and clear from there; long lines are cut, not
        // wrapped.
        text.append(linesBefore == 0 ? "" : "\u001b[" + linesBefore + "A\u001b[J");
        text.append("\u001b[?7l");
      }
      lines.forEach(line -> text.append(line).append('\n'));
      text.append(terminal ? "\u001b[?7h" : "");
      progress.show(text.toString());
      linesBefore = lines.size();
      if (shutdown.await(Math.max(0, Math.min(pause, millisLeft())))) {
        return;
      }
    }
  }

  private List<String> lines(
      Feed feed, Connection database, CommittedOffsets offsets, double rate, boolean fresh)
      throws SQLException {
    long durable = offsets.sum();
    long sent = feed.published();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT, "--- %d s, %s", (long) Progress.seconds(startNanos), feed.clock()));
    lines.addAll(view.intervals(database));
    lines.add(
        String.format(
            Locale.ROOT,
            "readings  %,d sent (%,.0f/s), %,d read and safe in a checkpoint",
            sent,
            rate,
            durable));
    lines.addAll(view.fate(database, sent, durable, fresh));
    lines.addAll(feed.verdict(database, fresh));
    lines.add("");
    return lines;
  }

  /**
   * Sends no more and waits until the pipeline is through and nothing changes any more, so that the
   * last verdict is final.
   */
  private void settle(Feed feed, Connection database, MonitorJob job, CommittedOffsets offsets)
      throws SQLException {
    feed.stop();
    long start = System.nanoTime();
    List<String> before = List.of();
    int unchanged = 0;
    while (unchanged < QUIET_LOOKS && Progress.seconds(start) * 1000 < SETTLE_MILLIS) {
      requireAlive(feed, job);
      if (shutdown.await(REFRESH_MILLIS)) {
        return;
      }
      List<String> now = feed.verdict(database, true);
      boolean through = offsets.sum() >= feed.published() && now.equals(before);
      unchanged = through ? unchanged + 1 : 0;
      before = now;
    }
    progress.say("At the end, %s:", feed.clock());
    lines(feed, database, offsets, 0, true).forEach(line -> progress.say("%s", line));
  }
}
