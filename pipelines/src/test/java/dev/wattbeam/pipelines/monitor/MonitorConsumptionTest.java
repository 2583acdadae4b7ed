package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.History;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The whole job between a real broker and a real database: streaming and bounded give the tables
 * that the sequential model computes from the topic, whatever is replayed.
 */
class MonitorConsumptionTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final List<List<Message>> PARTS = Neighbourhoods.messages();

  private static TestTopic topic;
  private static Expected expected;

  /** The topic of all tests that do not write while the job runs. */
  @BeforeAll
  static void fillTopic() {
    topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    PARTS.forEach(topic::send);
    expected = expected(topic);
  }

  private static Expected expected(TestTopic topic) {
    return Expected.of(
        topic.content(),
        new SequentialModel(
            Neighbourhoods.directory().toDirectory(), SequentialModel.Limits.DEFAULT));
  }

  private static TestDatabase database() {
    return TestDatabase.with(Neighbourhoods.directory());
  }

  @Test
  void inputHasEveryKindOfTrouble() {
    assertThat(expected.deadLetters().keySet())
        .isEqualTo(
            // Of files, and of grid signals.
            EnumSet.complementOf(
                EnumSet.of(DeadLetterCode.INVALID_ROW, DeadLetterCode.UNKNOWN_KIND)));
    assertThat(expected.result().late()).hasSizeGreaterThan(20);
    assertThat(expected.result().duplicates()).isGreaterThan(20);
    assertThat(expected.result().conflicts()).hasSizeGreaterThan(10);
    assertThat(expected.tables().lines().values())
        .allSatisfy(lines -> assertThat(lines).isNotEmpty());
    assertThat(expected.tables().lines().get("intervals").toString())
        .contains("register-rollover", "register-glitch", "register-reset", "conflict", "shared");
  }

  @Test
  void boundedRunEqualsTheModelAndReplaysChangeNothing() throws IOException {
    TestDatabase database = database();
    try (Job job = Job.runBounded(topic, database)) {
      assertThat(Tables.of(database).differenceFrom(expected.tables())).isEmpty();
      assertThatItAddsUp(job.counters(), database, expected);
    }
    List<String> before = everything(database);

    // All of it again, then only what a group has not read, from the middle of two partitions on.
    Job.runBounded(topic, database).close();
    assertThat(everything(database)).isEqualTo(before);
    topic.commit("group-" + topic.name(), Map.of(0, 300L, 2, 500L));
    Job.runBounded(topic, database, "--kafkaStart=committed").close();
    assertThat(everything(database)).isEqualTo(before);
  }

  @Test
  void streamingRunEqualsTheModelWhilePartsArrive() throws IOException {
    TestDatabase database = database();
    TestTopic live = TestTopic.create(Neighbourhoods.PARTITIONS);
    try (Job job =
        Job.stream(live, database, "--earlyEvery=PT1S", "--kafkaIdlePartitionAfter=PT5S")) {
      for (List<Message> part : PARTS) {
        live.send(part);
        // Long enough for early rows of this part, so that the next ones have to refine them.
        Waiting.pause(1_200);
      }
      Expected wanted = expected(live);
      Waiting.untilEqual(job, LIMIT, database, wanted);
      assertThatItAddsUp(job.counters(), database, wanted);
    }
  }

  @Test
  void kafkaIoGivesTheSameRows() throws IOException {
    TestDatabase database = database();
    // The Direct runner makes bundles of ten of its elements, so this reader gets a part only.
    TestTopic small = TestTopic.create(Neighbourhoods.PARTITIONS);
    Random random = new Random(1);
    PARTS.forEach(
        part -> small.send(part.stream().filter(message -> random.nextInt(8) == 0).toList()));
    Expected wanted = expected(small);
    assertThat(wanted.result().late()).isNotEmpty();
    try (Job job = Job.stream(small, database, "--kafkaReader=kafkaio", "--earlyEvery=PT1S")) {
      Waiting.untilEqual(job, LIMIT, database, wanted);
      assertThatItAddsUp(job.counters(), database, wanted);
    }
  }

  @Test
  void quietPartitionsDoNotHoldRowsThatAreOnTime() throws IOException {
    TestDatabase database = database();
    TestTopic live = TestTopic.create(4);
    // With early rows this rare, only the watermark brings any.
    try (Job job =
        Job.stream(live, database, "--earlyEvery=PT1H", "--kafkaIdlePartitionAfter=PT1S")) {
      live.send(List.of(power(0, "p1", 5), power(1, "p2", 6)));
      Waiting.pause(500);
      live.send(List.of(power(0, "p1", 10), power(0, "p1", 15)));
      Waiting.pause(500);
      // Partition 1 stays at its first minutes, 2 and 3 never had a message.
      live.send(List.of(power(0, "p1", 600)));
      assertThat(
              Waiting.until(
                  job,
                  Duration.ofSeconds(20),
                  () ->
                      database.count(
                              "SELECT count(*) FROM wattbeam.intervals WHERE meter = 'p1'"
                                  + " AND samples = 3")
                          == 1))
          .isTrue();
      assertThat(
              Waiting.until(
                  job,
                  Duration.ofSeconds(20),
                  () ->
                      database.count(
                              "SELECT count(*) FROM wattbeam.group_days WHERE grp = 'house'"
                                  + " AND samples >= 3")
                          == 1))
          .isTrue();
    }
  }

  @Test
  void correctionsOfWhatWasWrittenReplaceIt() throws IOException {
    TestDatabase database = database();
    TestTopic live = TestTopic.create(1);
    try (Job job = Job.stream(live, database, "--earlyEvery=PT1S")) {
      live.send(List.of(corrected(15, "8", 1, 0), corrected(240, "3", 1, 7_200_000)));
      awaitSamples(job, database, 2);
      // The newest value goes down, and no longer stands for hours of which nothing else is known.
      live.send(List.of(corrected(240, "2", 2, 300_000)));
      Waiting.untilEqual(job, LIMIT, database, expected(live));
      assertThat(database.query("SELECT value, sequence FROM wattbeam.latest_values"))
          .containsExactly("2.000000000|2");
      String known = "SELECT count(*), sum(energy_mj) FROM wattbeam.intervals WHERE meter = 'p1'";
      // 8 kW and 2 kW, each for five minutes.
      assertThat(database.query(known + " AND covered_ms > 0")).containsExactly("2|3000000000");
      // What was written of the other hours stays as rows without energy: missing, not zero.
      assertThat(database.query(known + " AND energy_mj IS NULL AND covered_ms = 0"))
          .containsExactly("7|null");
    }
  }

  private static void awaitSamples(Job job, TestDatabase database, long samples) {
    assertThat(
            Waiting.until(
                job,
                LIMIT,
                () ->
                    database.count(
                            "SELECT coalesce(sum(samples), 0)::bigint FROM wattbeam.intervals")
                        == samples))
        .isTrue();
  }

  private static Message power(int partition, String meter, int minute) {
    Instant time = Neighbourhoods.START.plus(Duration.ofMinutes(minute));
    return Message.of(partition, History.reading(meter, "import", ReadingType.POWER, time, "1.5"));
  }

  private static Message corrected(int minute, String kilowatts, int sequence, long duration) {
    Instant time = Neighbourhoods.START.plus(Duration.ofMinutes(minute));
    Reading reading = History.reading("p1", "import", ReadingType.POWER, time, kilowatts);
    return Message.of(
        0,
        new Reading(
            reading.meter(),
            reading.channel(),
            reading.type(),
            reading.timeMillis(),
            reading.value(),
            duration,
            sequence,
            reading.quality()));
  }

  /** Messages = accepted + duplicates + late + dead letters, by the counters and by the tables. */
  private static void assertThatItAddsUp(
      Map<String, Long> counters, TestDatabase database, Expected expected) {
    Map<String, Long> deadLetters = new TreeMap<>();
    long counted = 0;
    for (DeadLetterCode code : DeadLetterCode.values()) {
      long count = counters.getOrDefault("dead_letters_" + code, 0L);
      counted += count;
      if (count > 0) {
        deadLetters.put(code.name(), count);
      }
    }
    Map<String, Long> wanted = new TreeMap<>();
    expected.deadLetters().forEach((code, count) -> wanted.put(code.name(), count));
    assertThat(deadLetters).isEqualTo(wanted);
    assertThat(counters)
        .containsEntry("messages", expected.messages())
        .containsEntry("accepted", expected.result().accepted())
        .containsEntry("duplicates", expected.result().duplicates())
        .containsEntry("late", (long) expected.result().late().size());
    long duplicates = counters.get("duplicates");
    assertThat(counters.get("accepted") + duplicates + counters.get("late") + counted)
        .isEqualTo(expected.messages());
    long stored =
        database.count("SELECT sum(samples)::bigint FROM wattbeam.intervals")
            + database.count("SELECT count(*) FROM wattbeam.late_readings")
            + database.count("SELECT count(*) FROM wattbeam.dead_letters");
    assertThat(stored + duplicates).isEqualTo(expected.messages());
  }

  /** Every column of every row that the pipeline writes, the times of writing included. */
  private static List<String> everything(TestDatabase database) {
    List<String> rows = new ArrayList<>();
    for (String table : expected.tables().lines().keySet()) {
      rows.addAll(
          database.query(
              "SELECT '" + table + "', t::text FROM wattbeam." + table + " t ORDER BY 2"));
    }
    return rows;
  }
}
