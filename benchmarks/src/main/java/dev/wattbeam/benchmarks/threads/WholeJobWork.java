package dev.wattbeam.benchmarks.threads;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingIntake;
import dev.wattbeam.benchmarks.parts.WholeJobOutput;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.io.postgres.PostgresRows;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.transforms.consumption.GroupUpdate;
import dev.wattbeam.transforms.consumption.GroupsInMemory;
import dev.wattbeam.transforms.consumption.MetersInMemory;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What MonitorConsumption does with a topic that ends, with its rules and its engine. */
final class WholeJobWork implements PlainThreads.Work {
  private final ContenderOptions options;
  private final PostgresConfig postgres;
  private final MeterDirectorySource directory;
  private final List<GroupUpdate> groupUpdates = new ArrayList<>();

  WholeJobWork(ContenderOptions options) {
    this.options = options;
    postgres = ReadingIntake.postgres(options);
    directory = PostgresMeterDirectory.of(postgres);
  }

  @Override
  public PartitionReader.Polls thread(int thread) {
    return new Meters(thread);
  }

  /** The rows of groups, which have meters in all threads. */
  @Override
  public void end() {
    GroupsInMemory groups = new GroupsInMemory(directory.snapshot());
    groupUpdates.forEach(groups::add);
    try (PostgresRows rows = PostgresRows.to(postgres)) {
      groups.flush(rows::add);
      rows.flush();
    }
  }

  /** The meters of one thread's partitions: one bucket. */
  private final class Meters implements PartitionReader.Polls {
    private final PostgresRows rows = PostgresRows.to(postgres);
    private final WholeJobOutput results = new WholeJobOutput(rows, this::keep);
    private final ReadingIntake intake = new ReadingIntake(options, directory, 1, results);
    private final MetersInMemory meters;
    private int messagesTaken;

    Meters(int bucket) {
      meters =
          new MetersInMemory(
              bucket,
              directory.snapshot(),
              ReadingIntake.LIMITS.allowedLatenessMillis(),
              ReadingIntake.PIPELINE);
    }

    private void keep(GroupUpdate update) {
      synchronized (groupUpdates) {
        groupUpdates.add(update);
      }
    }

    @Override
    public void poll(int partition, List<ConsumerRecord<byte[], byte[]>> messages) {
      for (ConsumerRecord<byte[], byte[]> message : messages) {
        intake.add(partition, message.offset(), message.timestamp(), message.value());
      }
      messagesTaken += messages.size();
      if (messagesTaken >= ReadingIntake.BUNDLE_MESSAGES) {
        addBlocks();
      }
    }

    private void addBlocks() {
      for (ReadingBlock block : intake.takeBlocks().values()) {
        meters.add(block, results);
      }
      messagesTaken = 0;
    }

    @Override
    public void done() {
      addBlocks();
      meters.flush(results);
      rows.flush();
      rows.close();
    }
  }
}
