package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.demo.simulator.DefectShares;
import dev.wattbeam.demo.simulator.Delivery;
import dev.wattbeam.demo.simulator.Fleet;
import dev.wattbeam.demo.simulator.FleetSimulator;
import dev.wattbeam.demo.simulator.SimulatorConfig;
import dev.wattbeam.demo.simulator.SimulatorConfig.Mix;
import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.io.files.FileRow;
import dev.wattbeam.io.files.FileScan;
import dev.wattbeam.io.files.ReadingFile;
import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.Reading;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What every runner gets: {@link Neighbourhoods} with every kind of trouble, a simulated fleet with
 * every defect over the change to summer time, and the turn of a year in a real home. Each has
 * partitions of its own, since their clocks are years apart.
 *
 * @param parts in the order in which they are sent
 */
record GoldenInput(DirectoryEntries directory, List<List<Message>> parts) {
  /** The meter of the real home. */
  static final String HOME = "uci-household";

  private static final int FLEET_PARTITIONS = 2;
  private static final int HOME_PARTITION = Neighbourhoods.PARTITIONS + FLEET_PARTITIONS;
  static final int PARTITIONS = HOME_PARTITION + 1;

  private static final Instant HOME_START = Instant.parse("2006-12-30T23:00:00Z");
  private static final Duration HOME_LENGTH = Duration.ofDays(2);

  /** Without real data. */
  static GoldenInput simulated() {
    FleetSimulator simulator = FleetSimulator.of(fleet());
    List<Message> deliveries = new ArrayList<>();
    for (Delivery next = simulator.next(); next != null; next = simulator.next()) {
      int partition =
          Neighbourhoods.PARTITIONS + Math.floorMod(next.key().hashCode(), FLEET_PARTITIONS);
      deliveries.add(new Message(partition, next.deliveryTimeMillis(), next.payload()));
    }
    Fleet fleet = simulator.fleet();
    return new GoldenInput(Neighbourhoods.directory(), Neighbourhoods.messages())
        .with(
            new DirectoryEntries(fleet.meters(), fleet.groups(), fleet.memberships()), deliveries);
  }

  /** Three days of a few meters with many defects of each kind. */
  private static SimulatorConfig fleet() {
    Instant start = Instant.parse("2024-03-29T12:00:00Z");
    DefectShares defects =
        new DefectShares(
            0.04, 0.02, 0.04, 0.04, 0.02, 0.005, 0.004, 0.4, 0.008, 0.002, 0.004, 0.004, 0.004,
            0.004, 0.004);
    return SimulatorConfig.of(20, 4, start)
        .withEnd(start.plus(Duration.ofDays(3)))
        .withMix(new Mix(0.3, 0.3, 0.4, 0, 300))
        .withDefects(defects);
  }

  /** With two days of a real home, by the minute. */
  GoldenInput withHome(Path file) throws IOException {
    ReadingFormat format = ReadingFormat.of(HOME);
    List<Message> messages = new ArrayList<>();
    try (ReadingFile rows = ReadingFile.open(file, format)) {
      for (FileRow row = rows.next(); row != null; row = rows.next()) {
        if (row instanceof FileRow.Readings readings) {
          for (Reading reading : readings.readings()) {
            long millis = reading.timeMillis() - HOME_START.toEpochMilli();
            if (millis > 0 && millis <= HOME_LENGTH.toMillis()) {
              messages.add(Message.of(HOME_PARTITION, reading));
            }
          }
        }
      }
    }
    return with(DirectoryEntries.ofMeters(FileScan.of(List.of(file), format).meters()), messages);
  }

  /** The file of the real home; a test that asks for it is skipped where it is absent. */
  static Path homeFile() {
    return SharedData.file("uci-household/minutes_2006-12-16_2007-01-11.txt.gz");
  }

  private GoldenInput with(DirectoryEntries more, List<Message> messages) {
    List<List<Message>> longer = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Message> part = new ArrayList<>(parts.get(i));
      part.addAll(
          messages.subList(
              messages.size() * i / parts.size(), messages.size() * (i + 1) / parts.size()));
      longer.add(part);
    }
    List<Meter> meters = new ArrayList<>(directory.meters());
    meters.addAll(more.meters());
    List<Group> groups = new ArrayList<>(directory.groups());
    groups.addAll(more.groups());
    List<Membership> memberships = new ArrayList<>(directory.memberships());
    memberships.addAll(more.memberships());
    return new GoldenInput(new DirectoryEntries(meters, groups, memberships), longer);
  }

  /** What the sequential model makes of what a topic holds. */
  Expected expected(TestTopic topic) {
    return Expected.of(
        topic.content(),
        new SequentialModel(directory.toDirectory(), SequentialModel.Limits.DEFAULT));
  }
}
