package dev.wattbeam.demo;

import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.io.files.FileScan;
import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.pipelines.publish.PublishProgress;
import dev.wattbeam.pipelines.publish.PublishSettings;
import dev.wattbeam.pipelines.publish.PublishSummary;
import dev.wattbeam.pipelines.publish.ReadingPublisher;
import java.io.IOException;
import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** A file, as fast as possible or replayed at a pace. */
final class FileFeed implements Feed {
  private final DemoConfig config;
  private final ReadingFormat format;
  private final String topic;
  private final ExecutorService thread = Threads.daemons("file", 1);
  private final FileScan scan;
  private volatile PublishProgress progress = new PublishProgress(0, 0, 0, 0, null);
  private ReadingPublisher publisher;
  private DeadLetterTable rejected;
  private Future<PublishSummary> running;

  /**
   * Looks through the file, for its meters.
   *
   * @throws IOException naming the file that cannot be read
   */
  FileFeed(DemoConfig config, ReadingFormat format, String topic) throws IOException {
    this.config = config;
    this.format = format;
    this.topic = topic;
    this.scan = FileScan.of(List.of(config.input()), format);
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "the file %s: %,d rows of %,d meters, %s",
        config.input(),
        scan.rows(),
        scan.meters().size(),
        config.speedUp() == 0
            ? "as fast as possible"
            : String.format(Locale.ROOT, "%s times as fast as they happened", config.speedUp()));
  }

  @Override
  public void register(MeterDirectoryStore store) {
    store.save(DirectoryEntries.ofMeters(scan.meters()));
  }

  @Override
  public void start(Servers servers) throws IOException {
    rejected = DeadLetterTable.open(servers.pipelineAccess());
    publisher =
        ReadingPublisher.create(
                PublishSettings.of(
                        List.of(config.input()),
                        format,
                        KafkaConfig.of(servers.kafka().bootstrapServers(), topic))
                    .withSpeedUp(config.speedUp()))
            .withScan(scan)
            .onRejected(rejected::write)
            .onProgress(done -> progress = done);
    running = thread.submit(publisher::publish);
  }

  @Override
  public long published() {
    return progress.readings();
  }

  @Override
  public String clock() {
    return String.format(Locale.ROOT, "%,d of %,d rows sent", progress.rows(), scan.rows());
  }

  @Override
  public boolean finished() {
    return running != null && running.isDone();
  }

  @Override
  public Throwable failure() {
    if (!finished()) {
      return null;
    }
    try {
      running.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    }
  }

  @Override
  public List<String> verdict(Connection database, boolean fresh) {
    return List.of();
  }

  @Override
  public void stop() {
    if (publisher != null) {
      publisher.stop();
    }
  }

  @Override
  public void close() {
    stop();
    thread.shutdownNow();
    if (rejected != null) {
      rejected.close();
    }
  }
}
