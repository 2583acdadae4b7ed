package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.History;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is late is a property of the topic, so it is the same wherever a run begins. */
class MonitorRestartTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static Message power(int partition, String meter, Duration after) {
    return Message.of(
        partition,
        History.reading(
            meter, "import", ReadingType.POWER, Neighbourhoods.START.plus(after), "1.5"));
  }

  private static Collection<String> late(TestDatabase database) {
    return Tables.of(database).lines().get("late_readings");
  }

  /** Streams until the late readings are written. */
  private static Collection<String> streamToLate(TestTopic topic, int count, String... options)
      throws IOException {
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    try (Job job = Job.stream(topic, database, options)) {
      Waiting.until(job, LIMIT, () -> late(database).size() >= count);
      assertThat(job.counters()).containsEntry("late", (long) count);
    }
    return late(database);
  }

  @Test
  void lateIsTheSameWhereverARunBegins() throws IOException {
    TestTopic topic = TestTopic.create(2);
    String group = "group-" + topic.name();
    Duration threeDays = Duration.ofDays(3);
    topic.send(
        List.of(
            power(0, "p1", Duration.ofMinutes(5)),
            power(0, "p1", threeDays.plusMinutes(5)),
            power(0, "p1", Duration.ofDays(2)),
            power(1, "p2", Duration.ofMinutes(5)),
            power(1, "p2", threeDays)));
    TestDatabase before = TestDatabase.with(Neighbourhoods.directory());
    try (Job job = Job.stream(topic, before)) {
      // For the Direct runner a checkpoint is final when there is a next one, so it needs readings.
      AtomicInteger minute = new AtomicInteger(5);
      assertThat(
              Waiting.until(
                  job,
                  LIMIT,
                  () -> {
                    Duration next = threeDays.plusMinutes(minute.incrementAndGet());
                    topic.send(List.of(power(0, "p1", next), power(1, "p2", next)));
                    Map<Integer, Long> committed = topic.committed(group);
                    return committed.getOrDefault(0, 0L) >= 3
                        && committed.getOrDefault(1, 0L) >= 2
                        && late(before).size() == 1;
                  }))
          .isTrue();
    }
    Map<Integer, Long> middle = topic.committed(group);

    topic.send(
        List.of(
            power(0, "p1", Duration.ofMinutes(10)),
            power(0, "p1", threeDays.plusHours(10)),
            power(0, "p1", Duration.ofDays(2).plusHours(12)),
            power(1, "p2", Duration.ofMinutes(10))));
    Collection<String> restarted = streamToLate(topic, 2, "--kafkaStart=committed");

    TestDatabase full = TestDatabase.with(Neighbourhoods.directory());
    try (Job job = Job.runBounded(topic, full)) {
      assertThat(job.counters()).containsEntry("late", 3L);
    }
    Collection<String> expected = late(full);
    expected.removeAll(late(before));
    assertThat(restarted).isEqualTo(expected);

    // Offsets that somebody else has set come without a clock.
    topic.commit(group, middle);
    TestDatabase range = TestDatabase.with(Neighbourhoods.directory());
    Job.runBounded(topic, range, "--kafkaStart=committed").close();
    assertThat(late(range)).isEqualTo(expected);
    assertThat(streamToLate(topic, 2, "--kafkaStart=committed", "--kafkaReader=kafkaio"))
        .isEqualTo(expected);
  }
}
