package dev.wattbeam.benchmarks.streams;

import dev.wattbeam.benchmarks.parts.MeterHours;
import dev.wattbeam.benchmarks.parts.ReadingIntake;
import dev.wattbeam.benchmarks.parts.WholeJobOutput;
import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.io.postgres.PostgresRows;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.transforms.consumption.GroupUpdate;
import dev.wattbeam.transforms.consumption.GroupsInMemory;
import dev.wattbeam.transforms.consumption.MetersInMemory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** What MonitorConsumption does, with its engines: meters by partition, groups behind them. */
final class WholeJob {
  private WholeJob() {}

  /** Reads a partition and computes the rows of its meters, once a day of event time. */
  static final class Meters implements TaskWork<byte[]> {
    /** Keeps messages below the broker's limit of a megabyte. */
    private static final int MESSAGE_PARTS = 5_000;

    private final Run run;
    private final int source;
    private final PostgresRows rows;
    private final ReadingIntake intake;
    private final MetersInMemory meters;
    private final WholeJobOutput results;
    private ProcessorContext<Integer, byte[]> context;
    private long remaining;
    private int messages;
    private long flushedDay = Long.MIN_VALUE;

    Meters(Run run, int source) {
      this.run = run;
      this.source = source;
      remaining = run.size(source);
      rows = PostgresRows.to(ReadingIntake.postgres(run.options()));
      results = new WholeJobOutput(rows, this::sendGroups);
      MeterDirectorySource directory =
          PostgresMeterDirectory.of(ReadingIntake.postgres(run.options()));
      intake = new ReadingIntake(run.options(), directory, 1, results);
      meters =
          new MetersInMemory(
              source,
              directory.snapshot(),
              ReadingIntake.LIMITS.allowedLatenessMillis(),
              ReadingIntake.PIPELINE);
    }

    @Override
    public void process(
        Record<byte[], byte[]> message, ProcessorContext<Integer, byte[]> newContext) {
      context = newContext;
      RecordMetadata origin = context.recordMetadata().orElseThrow();
      intake.add(source, origin.offset(), message.timestamp(), message.value());
      messages++;
      remaining--;
      if (remaining == 0) {
        endBundle();
        flush(Long.MAX_VALUE);
        rows.flush();
        run.taskDone();
      } else if (messages == ReadingIntake.BUNDLE_MESSAGES) {
        endBundle();
        long day = MeterHours.day(intake.clockMillis());
        if (flushedDay == Long.MIN_VALUE) {
          flushedDay = day;
        } else if (day > flushedDay) {
          flush(day);
          flushedDay = day;
        }
      }
    }

    private void endBundle() {
      intake.takeBlocks().forEach((bucket, block) -> meters.add(block, results));
      messages = 0;
    }

    private void flush(long day) {
      meters.flush(results);
      GroupUpdate nothingMore = new GroupUpdate(source, List.of());
      for (int i = 0; i < run.repartitions(); i++) {
        send(i, day, nothingMore);
      }
    }

    private void send(int groupBucket, long day, GroupUpdate update) {
      context.forward(
          new Record<>(groupBucket, encode(day, update), context.currentSystemTimeMs()));
    }

    @Override
    public void close() {
      rows.close();
    }

    private void sendGroups(GroupUpdate update) {
      update
          .byGroupBucket(run.repartitions())
          .forEach(
              (groupBucket, part) -> {
                for (int from = 0; from < part.parts().size(); from += MESSAGE_PARTS) {
                  int to = Math.min(from + MESSAGE_PARTS, part.parts().size());
                  send(
                      groupBucket,
                      Long.MIN_VALUE,
                      new GroupUpdate(source, part.parts().subList(from, to)));
                }
              });
    }
  }

  /** Computes the rows of groups when all partitions have sent a day of event time. */
  static final class Groups implements TaskWork<Integer> {
    private final Run run;
    private final SourceClocks days;
    private final PostgresRows rows;
    private final GroupsInMemory groups;
    private long flushedDay = Long.MIN_VALUE;

    Groups(Run run) {
      this.run = run;
      days = new SourceClocks(run.sources());
      rows = PostgresRows.to(ReadingIntake.postgres(run.options()));
      groups =
          new GroupsInMemory(
              PostgresMeterDirectory.of(ReadingIntake.postgres(run.options())).snapshot());
    }

    @Override
    public void process(
        Record<Integer, byte[]> message, ProcessorContext<Integer, byte[]> context) {
      try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(message.value()))) {
        long day = data.readLong();
        GroupUpdate update = GroupUpdate.GroupUpdateCoder.of().decode(data);
        if (update.parts().isEmpty()) {
          flush(days.advance(update.bucket(), day));
        } else {
          groups.add(update);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void flush(long day) {
      if (day > flushedDay) {
        groups.flush(rows::add);
        flushedDay = day;
        if (day == Long.MAX_VALUE) {
          rows.flush();
          run.taskDone();
        }
      }
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /**
   * A message of the repartition topic.
   *
   * @param day up to where this source is, in a message without parts
   */
  private static byte[] encode(long day, GroupUpdate update) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      data.writeLong(day);
      GroupUpdate.GroupUpdateCoder.of().encode(update, data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
