package dev.wattbeam.pipelines.publish;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.kafka.KafkaTopics;
import dev.wattbeam.io.kafka.KafkaUnavailableException;
import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.io.postgres.CapturePosition;
import dev.wattbeam.io.postgres.IdRange;
import dev.wattbeam.io.postgres.RawReadings;
import dev.wattbeam.io.postgres.RawReadings.Horizon;
import dev.wattbeam.io.postgres.RawReadings.Row;
import dev.wattbeam.io.postgres.RawReadingsCapture;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Sends {@code raw_readings} to Kafka: the whole table once, in ranges of ids that several readers
 * take one after the other, then what transactions have written since. What Kafka has acknowledged
 * is noted in the database before the next rows are read. Used once; {@link #stop} may be called
 * from another thread.
 */
public final class TablePublisher {
  private static final int ROWS = 10_000;
  private static final long REPORT_NANOS = 1_000_000_000L;
  private static final long HELD_NANOS = 30_000_000_000L;

  private final TableSettings settings;
  private Consumer<PublishProgress> progressListener = progress -> {};
  private Consumer<String> warningListener = warning -> {};
  private final CountDownLatch stopped = new CountDownLatch(1);

  private final AtomicLong backfilled = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private final long beginNanos = System.nanoTime();
  private long reportedNanos = beginNanos;
  private long reportedRows;
  private long heldTransaction;
  private long heldNanos;

  private TablePublisher(TableSettings settings) {
    this.settings = requireNonNull(settings, "settings");
  }

  public static TablePublisher create(TableSettings settings) {
    return new TablePublisher(settings);
  }

  /** Is told at most every second how far it is, while rows are sent. */
  public TablePublisher onProgress(Consumer<PublishProgress> listener) {
    progressListener = requireNonNull(listener, "listener");
    return this;
  }

  /** Is told what an operator should look at, and each row that no message can hold. */
  public TablePublisher onWarning(Consumer<String> listener) {
    warningListener = requireNonNull(listener, "listener");
    return this;
  }

  /** Ends it after the rows that are on their way; {@link #publish} returns what was done. */
  public void stop() {
    stopped.countDown();
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /**
   * Sends everything that was not sent yet; then ends or goes on until it is stopped.
   *
   * @throws IOException when Kafka fails
   * @throws dev.wattbeam.io.postgres.PostgresException when PostgreSQL refuses or stays away for
   *     too long. In either case what Kafka had acknowledged is noted, and the next run goes on
   *     there
   */
  public TableSummary publish() throws IOException, InterruptedException {
    try (RawReadingsCapture capture =
            RawReadingsCapture.open(settings.postgres(), settings.kafka().topic(), topicId());
        RawReadings table = RawReadings.of(settings.postgres());
        KafkaSender sender = KafkaSender.open(settings.kafka())) {
      RawReadingsCapture.Rest rest = capture.start(settings.fromBeginning());
      boolean complete = true;
      if (!rest.toBackfill().isEmpty()) {
        complete = new Backfill(capture, table, rest.toBackfill()).run();
      }
      CapturePosition position = rest.position();
      if (settings.pollEvery() != null) {
        while (!isStopped()) {
          Horizon horizon = table.horizon();
          position = catchUp(capture, table, sender, position, horizon);
          warnWhenHeld(table, horizon);
          complete = !isStopped();
          stopped.await(settings.pollEvery().toNanos(), TimeUnit.NANOSECONDS);
        }
      } else if (complete) {
        Horizon horizon = table.horizon();
        position = catchUp(capture, table, sender, position, horizon);
        sendUncertain(table, sender, position, horizon);
        complete = !isStopped();
      }
      return new TableSummary(
          backfilled.get(), changes.get(), rejected.get(), complete, seconds(beginNanos));
    }
  }

  private String topicId() throws IOException {
    try {
      return KafkaTopics.id(settings.kafka());
    } catch (KafkaUnavailableException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Sends what finished transactions have written; gives the place where to go on. */
  private CapturePosition catchUp(
      RawReadingsCapture capture,
      RawReadings table,
      KafkaSender sender,
      CapturePosition from,
      Horizon horizon)
      throws IOException {
    CapturePosition position = from;
    List<Row> rows;
    do {
      rows = table.after(position, horizon.transaction(), ROWS);
      if (!rows.isEmpty()) {
        send(rows, sender, changes);
        position = rows.get(rows.size() - 1).position();
        capture.moveTo(position);
        report(-1, null);
      }
    } while (rows.size() == ROWS && !isStopped());
    return position;
  }

  /**
   * The end of a bounded run: what was committed after the oldest open transaction began. It is not
   * noted, so the next run sends it again: what that transaction writes belongs before it.
   */
  private void sendUncertain(
      RawReadings table, KafkaSender sender, CapturePosition from, Horizon horizon)
      throws IOException {
    CapturePosition position = from;
    List<Row> rows;
    do {
      rows = isStopped() ? List.of() : table.after(position, horizon.newest(), ROWS);
      if (!rows.isEmpty()) {
        send(rows, sender, changes);
        position = rows.get(rows.size() - 1).position();
        report(-1, null);
      }
    } while (rows.size() == ROWS);
  }

  /** Returns when Kafka has acknowledged all rows. */
  private void send(List<Row> rows, KafkaSender sender, AtomicLong counter) throws IOException {
    List<DeadLetter> letters = new ArrayList<>();
    for (Row row : rows) {
      byte[] message = ReadingJson.write(row.reading());
      if (message.length <= ReadingJson.DEFAULT_MAX_MESSAGE_BYTES) {
        sender.send(row.reading().meter(), message);
      } else {
        letters.add(oversized(row, message));
      }
    }
    sender.flush();
    if (!letters.isEmpty()) {
      try (DeadLetterTable table = DeadLetterTable.open(settings.postgres())) {
        letters.forEach(table::write);
      }
      letters.forEach(letter -> warningListener.accept(describe(letter)));
      rejected.addAndGet(letters.size());
    }
    counter.addAndGet(rows.size());
  }

  private static DeadLetter oversized(Row row, byte[] message) {
    return new DeadLetter(
        PublishReadings.NAME,
        "ReadTable",
        DeadLetterCode.OVERSIZED_MESSAGE,
        "the message would have "
            + message.length
            + " bytes; at most "
            + ReadingJson.DEFAULT_MAX_MESSAGE_BYTES
            + " are sent",
        Payload.asText(message),
        new Origin(RawReadings.TABLE, 0, row.position().id()),
        System.currentTimeMillis());
  }

  private static String describe(DeadLetter letter) {
    return letter.origin().source()
        + ", id "
        + letter.origin().position()
        + ": "
        + letter.code()
        + ": "
        + letter.message();
  }

  private void warnWhenHeld(RawReadings table, Horizon horizon) {
    long now = System.nanoTime();
    if (!horizon.isHeld() || horizon.transaction() != heldTransaction) {
      heldTransaction = horizon.transaction();
      heldNanos = now;
    } else if (now - heldNanos > HELD_NANOS) {
      heldNanos = now;
      warningListener.accept(
          String.format(
              "transaction %d (server process %d) is still open; rows that were committed after it"
                  + " began are sent when it ends",
              heldTransaction, table.processOf(heldTransaction)));
    }
  }

  private synchronized void report(double share, Duration left) {
    long now = System.nanoTime();
    if (now - reportedNanos >= REPORT_NANOS) {
      long rows = backfilled.get() + changes.get();
      double perSecond = (rows - reportedRows) / ((now - reportedNanos) / 1e9);
      reportedNanos = now;
      reportedRows = rows;
      progressListener.accept(
          new PublishProgress(rows, rows - rejected.get(), share, perSecond, left));
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  /** The first pass over the table. */
  private final class Backfill {
    private final RawReadingsCapture capture;
    private final RawReadings planner;
    private final Deque<IdRange> ranges;
    private final double ids;
    private final long startNanos = System.nanoTime();
    private double doneIds;
    private volatile boolean ended;

    Backfill(RawReadingsCapture capture, RawReadings planner, List<IdRange> ranges) {
      this.capture = capture;
      this.planner = planner;
      this.ranges = new ArrayDeque<>(ranges);
      this.ids = ranges.stream().mapToDouble(Backfill::length).sum();
    }

    /** False when it was stopped before the end. */
    boolean run() throws IOException, InterruptedException {
      ExecutorService threads = Executors.newFixedThreadPool(settings.readers());
      try {
        List<Future<Void>> readers = new ArrayList<>();
        for (int i = 0; i < settings.readers(); i++) {
          readers.add(threads.submit(this::read));
        }
        for (Future<Void> reader : readers) {
          reader.get();
        }
        return !isStopped();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException cause) {
          throw cause;
        }
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      } finally {
        ended = true;
        threads.shutdown();
        threads.awaitTermination(1, TimeUnit.MINUTES);
      }
    }

    private Void read() throws IOException {
      boolean done = false;
      try (RawReadings table = RawReadings.of(settings.postgres());
          KafkaSender sender = KafkaSender.open(settings.kafka())) {
        for (IdRange range = next(); range != null; range = next()) {
          send(table.within(range), sender, backfilled);
          capture.backfilled(range);
          finished(range);
        }
        done = true;
        return null;
      } finally {
        // The others need not go on when one cannot.
        ended |= !done;
      }
    }

    /**
     * In the order of the ids, so that the topic has about the order in which the rows arrived:
     * what is far behind would be late.
     */
    private synchronized IdRange next() {
      while (!ranges.isEmpty() && !ended && !isStopped()) {
        IdRange rest = ranges.removeFirst();
        IdRange part = planner.beginning(rest, ROWS);
        if (part != null) {
          if (part.last() < rest.last()) {
            ranges.addFirst(new IdRange(part.last() + 1, rest.last()));
          }
          return part;
        }
        capture.backfilled(rest);
        doneIds += length(rest);
      }
      return null;
    }

    private synchronized void finished(IdRange range) {
      doneIds += length(range);
      double share = doneIds / ids;
      double seconds = seconds(startNanos);
      report(share, Duration.ofMillis((long) (seconds * 1000 * (1 - share) / share)));
    }

    private static double length(IdRange range) {
      return (double) range.last() - range.first() + 1;
    }
  }
}
