package dev.wattbeam.pipelines.publish;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.files.FileRow;
import dev.wattbeam.io.files.FileScan;
import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.files.ReadingFile;
import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends the readings of files to Kafka: each row's readings as canonical JSON, keyed by the meter.
 * Used once; {@link #stop} may be called from another thread.
 */
public final class ReadingPublisher {
  private static final long REPORT_NANOS = 1_000_000_000L;
  private static final long LOOK_UP_NANOS = 100_000_000L;

  private final PublishSettings settings;
  private Consumer<PublishProgress> progressListener = progress -> {};
  private Consumer<DeadLetter> rejectedListener = rejected -> {};
  private InputStream stdin = InputStream.nullInputStream();
  private FileScan scan;
  private volatile boolean stopped;

  private final Map<DeadLetterCode, Long> rejectedPerCode = new EnumMap<>(DeadLetterCode.class);
  private final TreeSet<String> meters = new TreeSet<>();
  private String lastMeter;
  private long rowsPublished;
  private long rowsMissing;
  private long rowsRejected;
  private final long beginNanos = System.nanoTime();
  private long sendNanos = beginNanos;
  private long lastReportNanos = beginNanos;
  private double lastShare = -1;
  private long pacedReadings;
  private long firstTime = FileRow.Message.NO_TIME;

  private ReadingPublisher(PublishSettings settings) {
    this.settings = requireNonNull(settings, "settings");
  }

  public static ReadingPublisher create(PublishSettings settings) {
    return new ReadingPublisher(settings);
  }

  /** Is told at most every second how far it is, and once at the end; on the publishing thread. */
  public ReadingPublisher onProgress(Consumer<PublishProgress> listener) {
    progressListener = requireNonNull(listener, "listener");
    return this;
  }

  /** Gets each rejected row, at once and on the publishing thread; what it throws ends it. */
  public ReadingPublisher onRejected(Consumer<DeadLetter> listener) {
    rejectedListener = requireNonNull(listener, "listener");
    return this;
  }

  /** What {@link PublishSettings#STDIN} reads. */
  public ReadingPublisher readingStdin(InputStream in) {
    stdin = requireNonNull(in, "in");
    return this;
  }

  /** A scan of the same inputs that was made before, so that it is not made again. */
  public ReadingPublisher withScan(FileScan scan) {
    this.scan = requireNonNull(scan, "scan");
    return this;
  }

  /** Ends the publication after the current row; {@link #publish} returns what was done. */
  public void stop() {
    stopped = true;
  }

  /**
   * Sends everything and waits until Kafka has it.
   *
   * @throws IOException when a file or Kafka fails; the message says which and what to do. What was
   *     sent before stays sent; sending it again is harmless, since equal readings count once
   */
  public PublishSummary publish() throws IOException, InterruptedException {
    boolean twoPasses = scan == null && (settings.format().needsScan() || settings.speedUp() > 0);
    Path spooled = null;
    try {
      List<Path> inputs = settings.inputs();
      if (twoPasses && inputs.contains(PublishSettings.STDIN)) {
        spooled = spoolStdin();
        inputs = replaceStdin(spooled);
      }
      if (twoPasses) {
        scan = FileScan.of(inputs, settings.format());
      }
      boolean sort =
          settings.sort() || (settings.speedUp() > 0 && scan != null && !scan.inTimeOrder());
      long sent;
      boolean complete;
      try (KafkaSender sender = KafkaSender.open(settings.kafka())) {
        Set<MeterChannel> leaveOut = scan == null ? Set.of() : scan.absentChannels();
        sendNanos = System.nanoTime();
        complete =
            sort
                ? publishSorted(inputs, leaveOut, sender)
                : publishInFileOrder(inputs, leaveOut, sender);
        sender.flush();
        sent = sender.sent();
      }
      return summary(sent, complete);
    } finally {
      if (spooled != null) {
        Files.deleteIfExists(spooled);
      }
    }
  }

  private Path spoolStdin() throws IOException {
    Path file = Files.createTempFile("wattbeam-stdin-", ".tmp");
    Files.copy(stdin, file, StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  private List<Path> replaceStdin(Path file) {
    return settings.inputs().stream()
        .map(input -> input.equals(PublishSettings.STDIN) ? file : input)
        .toList();
  }

  private ReadingFile open(Path input, Set<MeterChannel> leaveOut) throws IOException {
    return input.equals(PublishSettings.STDIN)
        ? ReadingFile.open(stdin, "stdin", 0, settings.format(), leaveOut)
        : ReadingFile.open(input, settings.format(), leaveOut);
  }

  private boolean publishInFileOrder(
      List<Path> inputs, Set<MeterChannel> leaveOut, KafkaSender sender)
      throws IOException, InterruptedException {
    long total = totalBytes(inputs);
    long before = 0;
    for (Path input : inputs) {
      try (ReadingFile file = open(input, leaveOut)) {
        for (FileRow row = file.next(); row != null; row = file.next()) {
          if (!take(row, sender)) {
            return false;
          }
          double done = before + file.bytesRead();
          report(sender, total == 0 ? -1 : done / total);
        }
        before += file.bytesRead();
      }
    }
    finishReport(sender);
    return true;
  }

  private boolean publishSorted(List<Path> inputs, Set<MeterChannel> leaveOut, KafkaSender sender)
      throws IOException, InterruptedException {
    List<TimedRow> rows = new ArrayList<>();
    for (Path input : inputs) {
      long time = FileRow.Message.NO_TIME;
      try (ReadingFile file = open(input, leaveOut)) {
        for (FileRow row = file.next(); row != null && !stopped; row = file.next()) {
          if (row instanceof FileRow.Readings || row instanceof FileRow.Message) {
            // A message without a time stays behind the one before it.
            long own = FileScan.timeOf(row);
            time = own == FileRow.Message.NO_TIME ? time : own;
            rows.add(new TimedRow(time, row));
          } else {
            take(row, sender);
          }
        }
      }
    }
    rows.sort(Comparator.comparingLong(TimedRow::time));
    // The pace counts from the first message, not from the reading of the files.
    sendNanos = System.nanoTime();
    for (int i = 0; i < rows.size(); i++) {
      if (!take(rows.get(i).row(), sender)) {
        return false;
      }
      report(sender, (double) i / rows.size());
    }
    finishReport(sender);
    return !stopped;
  }

  private record TimedRow(long time, FileRow row) {}

  /** Sends, counts or hands on one row; false when it was stopped instead. */
  private boolean take(FileRow row, KafkaSender sender) throws IOException, InterruptedException {
    if (stopped) {
      return false;
    }
    if (row instanceof FileRow.Readings readings) {
      if (!pace(readings.readings().get(0).timeMillis(), readings.readings().size(), sender)) {
        return false;
      }
      for (Reading reading : readings.readings()) {
        sender.send(reading.meter(), ReadingJson.write(reading));
      }
      saw(readings.readings().get(0).meter());
      rowsPublished++;
    } else if (row instanceof FileRow.Message message) {
      if (!pace(message.timeMillis(), 1, sender)) {
        return false;
      }
      sender.send(message.meter(), message.payload());
      saw(message.meter());
      rowsPublished++;
    } else if (row instanceof FileRow.Missing) {
      rowsMissing++;
    } else if (row instanceof FileRow.Rejected rejected) {
      rowsRejected++;
      rejectedPerCode.merge(rejected.deadLetter().code(), 1L, Long::sum);
      rejectedListener.accept(rejected.deadLetter());
    }
    return true;
  }

  private void saw(String meter) {
    if (meter != null && !meter.equals(lastMeter)) {
      meters.add(meter);
      lastMeter = meter;
    }
  }

  /** Waits until it is a row's turn; false when it was stopped meanwhile. */
  private boolean pace(long time, int readings, KafkaSender sender) throws InterruptedException {
    if (settings.rate() == 0 && settings.speedUp() == 0) {
      return true;
    }
    double dueSeconds = 0;
    if (settings.rate() > 0) {
      dueSeconds = pacedReadings / settings.rate();
      pacedReadings += readings;
    }
    if (settings.speedUp() > 0 && time != FileRow.Message.NO_TIME) {
      if (firstTime == FileRow.Message.NO_TIME) {
        firstTime = time;
      }
      dueSeconds = Math.max(dueSeconds, (time - firstTime) / 1000.0 / settings.speedUp());
    }
    long due = sendNanos + (long) (dueSeconds * 1e9);
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      if (stopped) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(wait, LOOK_UP_NANOS));
      report(sender, lastShare);
    }
    return !stopped;
  }

  private void report(KafkaSender sender, double share) {
    lastShare = share;
    long now = System.nanoTime();
    if (now - lastReportNanos >= REPORT_NANOS) {
      lastReportNanos = now;
      progressListener.accept(progress(sender, share, now));
    }
  }

  private void finishReport(KafkaSender sender) {
    progressListener.accept(progress(sender, 1, System.nanoTime()));
  }

  private PublishProgress progress(KafkaSender sender, double share, long now) {
    double seconds = Math.max((now - sendNanos) / 1e9, 1e-9);
    Duration left =
        share > 0 ? Duration.ofMillis((long) (seconds * 1000 * (1 - share) / share)) : null;
    return new PublishProgress(rowsRead(), sender.sent(), share, sender.sent() / seconds, left);
  }

  private long rowsRead() {
    return rowsPublished + rowsMissing + rowsRejected;
  }

  private PublishSummary summary(long sent, boolean complete) {
    return new PublishSummary(
        rowsRead(),
        rowsPublished,
        rowsMissing,
        rowsRejected,
        sent,
        rejectedPerCode,
        meters,
        complete,
        (System.nanoTime() - beginNanos) / 1e9);
  }

  private static long totalBytes(List<Path> inputs) throws IOException {
    long total = 0;
    for (Path input : inputs) {
      if (input.equals(PublishSettings.STDIN)) {
        return 0;
      }
      total += Files.exists(input) ? Files.size(input) : 0;
    }
    return total;
  }
}
