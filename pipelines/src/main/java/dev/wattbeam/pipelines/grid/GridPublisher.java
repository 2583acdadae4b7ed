package dev.wattbeam.pipelines.grid;

import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.files.SeriesFile;
import dev.wattbeam.io.files.SeriesFormat;
import dev.wattbeam.io.http.CarbonApi;
import dev.wattbeam.io.http.CarbonFeed;
import dev.wattbeam.io.http.CarbonPoller;
import dev.wattbeam.io.kafka.GridSignalJson;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.RecentGridSignals;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.GridSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends grid signals to Kafka, keyed by source and area. Used once; {@link #stop} may be called
 * from another thread.
 */
final class GridPublisher implements AutoCloseable {
  /** What the poller corrects is younger than that; so much of the topic it remembers at least. */
  private static final Duration LEAST_MEMORY = Duration.ofDays(3);

  private final KafkaConfig kafka;
  private final KafkaSender sender;
  private final Consumer<DeadLetter> rejected;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private long rows;
  private long missing;
  private long rejections;

  private GridPublisher(KafkaConfig kafka, KafkaSender sender, Consumer<DeadLetter> rejected) {
    this.kafka = kafka;
    this.sender = sender;
    this.rejected = rejected;
  }

  /**
   * Connects.
   *
   * @param rejected gets each row or entry that is not as expected
   * @throws IOException when no broker answers or there is no such topic
   */
  static GridPublisher open(KafkaConfig kafka, Consumer<DeadLetter> rejected) throws IOException {
    return new GridPublisher(kafka, KafkaSender.open(kafka), rejected);
  }

  void stop() {
    stopped.countDown();
  }

  /**
   * What was sent so far.
   *
   * @param rows rows of files that were read; they are published, missing or rejected
   */
  record Summary(long rows, long missing, long rejected, long messages) {}

  Summary summary() {
    return new Summary(rows, missing, rejections, sender.sent());
  }

  /**
   * Sends the rows of a file and waits until Kafka has them.
   *
   * @param known when the file was published; null: when it was last changed
   * @return false when it was stopped before the end
   */
  boolean publishFile(Path file, SeriesFormat format, Instant known) throws IOException {
    long knownMillis =
        known != null ? known.toEpochMilli() : Files.getLastModifiedTime(file).toMillis();
    try {
      SeriesFile.of(file, format, knownMillis).read(this::take);
    } catch (StoppedException e) {
      sender.flush();
      return false;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    sender.flush();
    return true;
  }

  private static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void take(SeriesFile.Row row) {
    if (stopped.getCount() == 0) {
      throw new StoppedException();
    }
    rows++;
    if (row.rejected() != null) {
      rejections++;
      rejected.accept(row.rejected());
    } else if (row.signals().isEmpty()) {
      missing++;
    }
    try {
      for (GridSignal signal : row.signals()) {
        send(signal);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(GridSignal signal) throws IOException {
    sender.send(signal.source() + "/" + signal.area(), GridSignalJson.write(signal));
  }

  /**
   * Asks an API again and again, until it is stopped.
   *
   * @param backfill how far back what is missing is asked for
   * @param patience null: for ever. Else until a round went well, as long as that takes at most
   * @param listener is told of each round
   * @return whether the last round went well
   */
  boolean poll(
      CarbonApi api,
      List<CarbonFeed> feeds,
      Duration every,
      Duration backfill,
      Duration patience,
      Clock clock,
      Consumer<CarbonPoller.Round> listener)
      throws IOException, InterruptedException {
    CarbonPoller poller = new CarbonPoller(api, feeds, every, backfill, clock, new ToKafka());
    Duration memory = backfill.compareTo(LEAST_MEMORY) > 0 ? backfill : LEAST_MEMORY;
    RecentGridSignals.read(kafka, clock.instant().minus(memory), poller::remember);
    long begin = System.nanoTime();
    while (true) {
      CarbonPoller.Round round = poller.poll();
      listener.accept(round);
      boolean good = round.failures().isEmpty();
      if (patience != null
          && (good || System.nanoTime() - begin + round.pause().toNanos() > patience.toNanos())) {
        return good;
      }
      if (stopped.await(round.pause().toMillis(), TimeUnit.MILLISECONDS)) {
        return good;
      }
    }
  }

  private final class ToKafka implements CarbonPoller.Output {
    @Override
    public void send(List<GridSignal> signals) throws IOException {
      for (GridSignal signal : signals) {
        GridPublisher.this.send(signal);
      }
      sender.flush();
    }

    @Override
    public void reject(DeadLetter letter) {
      rejections++;
      rejected.accept(letter);
    }
  }

  @Override
  public void close() {
    sender.close();
  }
}
