package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.archive.ArchiveReadings;
import dev.wattbeam.pipelines.archive.ArchiveReadingsOptions;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import dev.wattbeam.pipelines.repair.RepairConsumption;
import dev.wattbeam.pipelines.repair.RepairOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * A year that begins with a wrong reading and a missing one, the right ones three months later, and
 * the pipelines that bring them into the rows.
 */
final class Corrections {
  /** Messages of a block of the archive. */
  static final int BLOCK = 200;

  static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  /** When the right readings are sent. */
  static final Instant SENT = Instant.parse("2024-04-20T00:00:00Z");

  private static final Instant CORRECTED = Instant.parse("2024-01-15T10:00:00Z");
  private static final Instant MISSED = Instant.parse("2024-01-16T08:00:00Z");
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");

  private Corrections() {}

  /** Two meters of one house in Paris and one in Chicago, read every hour. */
  static DirectoryEntries directory() {
    MeterType hourly =
        MeterType.generic("hourly").withNominalPeriod(Duration.ofHours(1).toMillis());
    return new DirectoryEntries(
        List.of(
            Meter.of("a", hourly, PARIS, Map.of("import", ReadingType.INTERVAL)),
            Meter.of("b", hourly, PARIS, Map.of("import", ReadingType.REGISTER)),
            Meter.of("c", hourly, CHICAGO, Map.of("import", ReadingType.POWER))),
        List.of(new Group("house", "household", PARIS), new Group("company", "company", CHICAGO)),
        List.of(
            Membership.ofMeter("a", "house"),
            Membership.ofMeter("b", "house"),
            Membership.ofMeter("c", "company"),
            Membership.ofGroup("house", "company")));
  }

  private static Reading corrected(long sequence, long watts) {
    return new Reading(
        "a",
        "import",
        ReadingType.INTERVAL,
        CORRECTED.toEpochMilli(),
        watts * Energy.NANOS / 1_000,
        0,
        sequence,
        Quality.VALID);
  }

  private static Reading missed() {
    long hours = Duration.between(START, MISSED).toHours();
    return Reading.of(
        "b", "import", ReadingType.REGISTER, MISSED.toEpochMilli(), register(hours), 0);
  }

  /** It counts a quarter of a kWh an hour, but more on the morning that nobody told about. */
  private static long register(long hours) {
    return hours * Energy.NANOS / 4
        + (hours >= Duration.between(START, MISSED).toHours() ? Energy.NANOS : 0);
  }

  /**
   * What is sent in time.
   *
   * @param from first moment
   * @param to the moment after the last one
   * @param right whether the two readings of the test are right from the start
   */
  static List<Message> messages(Instant from, Instant to, boolean right) {
    List<Message> messages = new ArrayList<>();
    for (Instant t = from; t.isBefore(to); t = t.plus(Duration.ofHours(1))) {
      long hours = Duration.between(START, t).toHours();
      long millis = t.toEpochMilli();
      long value = (200 + hours * 37 % 1_000) * Energy.NANOS / 1_000;
      messages.add(
          Message.of(
              0,
              !t.equals(CORRECTED)
                  ? Reading.of("a", "import", ReadingType.INTERVAL, millis, value, 0)
                  : right ? corrected(1, 512) : corrected(0, 9_000)));
      if (right || !t.equals(MISSED)) {
        messages.add(
            Message.of(
                1, Reading.of("b", "import", ReadingType.REGISTER, millis, register(hours), 0)));
      }
      messages.add(Message.of(1, Reading.of("c", "import", ReadingType.POWER, millis, value, 0)));
    }
    return messages;
  }

  /** Six weeks, and the days before the right readings are sent. */
  static List<Message> messages(boolean right) {
    List<Message> messages = messages(START, Instant.parse("2024-02-12T00:00:00Z"), right);
    messages.addAll(messages(Instant.parse("2024-04-18T00:00:00Z"), SENT, right));
    return messages;
  }

  /** The right readings. */
  static List<Message> late() {
    return List.of(
        new Message(0, SENT.toEpochMilli(), ReadingJson.write(corrected(1, 512))),
        new Message(1, SENT.toEpochMilli(), ReadingJson.write(missed())));
  }

  /** What the tables have to hold after the repair: as if nothing had been late. */
  static Expected repaired(TestTopic topic) {
    return Expected.of(
        topic.content(),
        new SequentialModel(
            directory().toDirectory(),
            SequentialModel.Limits.DEFAULT.withAllowedLateness(SequentialModel.Limits.UNLIMITED)));
  }

  /** Puts the complete blocks of a topic into an archive. */
  static void archive(TestTopic topic, Path folder) {
    ArchiveReadingsOptions options =
        PipelineOptionsFactory.fromArgs(archiveArguments(topic, folder))
            .as(ArchiveReadingsOptions.class);
    options.setRunner(DirectRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    ArchiveReadings.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
  }

  /** The command line that does the same. */
  static String[] archiveArguments(TestTopic topic, Path folder) {
    return new String[] {
      "--kafkaBootstrapServers=" + TestTopic.servers(),
      "--kafkaTopic=" + topic.name(),
      "--archive=" + folder,
      "--archiveBlockMessages=" + BLOCK
    };
  }

  /** Lets a topic forget what is in its archive. */
  static void forgetArchived(TestTopic topic) {
    Map<Integer, Long> archived = new HashMap<>();
    topic
        .content()
        .forEach(m -> archived.merge(m.partition(), m.offset() / BLOCK * BLOCK, Math::max));
    topic.forgetBefore(archived);
  }

  /** Runs RepairConsumption to its end. */
  static void repair(TestTopic topic, TestDatabase database, Path folder, String... more) {
    RepairOptions options = repairOptions(topic, database, folder, more);
    Pipeline pipeline = Pipeline.create(options);
    Runnable mark = RepairConsumption.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
    mark.run();
  }

  static RepairOptions repairOptions(
      TestTopic topic, TestDatabase database, Path folder, String... more) {
    List<String> arguments = new ArrayList<>(Arrays.asList(more));
    arguments.add("--archive=" + folder);
    RepairOptions options =
        PipelineOptionsFactory.fromArgs(
                Job.arguments(topic, database, arguments.toArray(String[]::new)))
            .withValidation()
            .as(RepairOptions.class);
    options.setRunner(DirectRunner.class);
    return options;
  }
}
