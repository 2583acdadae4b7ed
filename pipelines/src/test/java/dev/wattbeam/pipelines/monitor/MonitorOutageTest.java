package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.History;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The database server crashes while a streaming job is under load, and comes back. At the end the
 * tables are what the sequential model makes of the topic: nothing is lost, nothing is doubled.
 */
class MonitorOutageTest {
  private static final int PARTITIONS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void aShortOutageLosesAndDoublesNothing() throws Exception {
    streamThroughAnOutageOf(Duration.ofSeconds(3), Duration.ofSeconds(1));
  }

  @Test
  @Tag("slow")
  void aMinuteLosesAndDoublesNothing() throws Exception {
    streamThroughAnOutageOf(Duration.ofMinutes(1), Duration.ofSeconds(8));
  }

  private static void streamThroughAnOutageOf(Duration outage, Duration before) throws Exception {
    DirectoryEntries directory = Load.directory();
    TestTopic topic = TestTopic.create(PARTITIONS);
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (EmbeddedPostgres server = EmbeddedPostgres.startTemporary()) {
      TestDatabase database = TestDatabase.with(directory, server);
      try (Job job =
          Job.stream(topic, database, "--earlyEvery=PT1S", "--meterDirectoryRefresh=PT5S")) {
        Future<Long> sent = threads.submit(() -> new Load().sendTo(topic, stop));
        assertThat(
                Waiting.until(
                    job,
                    LIMIT,
                    () -> database.count("SELECT count(*) FROM wattbeam.group_days") > 0))
            .isTrue();
        Waiting.pause(before.toMillis());
        server.stopImmediate();
        Waiting.pause(outage.toMillis());
        server.start();
        Waiting.pause(before.toMillis());
        stop.set(true);
        long messages = sent.get();

        Expected expected =
            Expected.of(
                topic.content(),
                new SequentialModel(directory.toDirectory(), SequentialModel.Limits.DEFAULT));
        assertThat(expected.messages()).isEqualTo(messages);
        Waiting.untilEqual(job, LIMIT, database, expected);
        assertThat(job.counters().get("postgres_retries")).isPositive();
        assertThat(job.counters())
            .containsEntry("messages", expected.messages())
            .containsEntry("accepted", expected.result().accepted())
            .containsEntry("duplicates", expected.result().duplicates());
      }
    } finally {
      stop.set(true);
      threads.shutdown();
    }
  }

  /** A seeded fleet that sends faster than its clocks run, with copies, late and bad messages. */
  private static final class Load {
    private static final int METERS = 24;
    private static final Instant START = Instant.parse("2024-06-30T20:00:00Z");
    private static final long STEP_MILLIS = 60_000;
    private static final int ROUND_MILLIS = 120;

    private final Random random = new Random(7);
    private final Deque<Message> delayed = new ArrayDeque<>();
    private final long[] registers = new long[METERS];

    static DirectoryEntries directory() {
      ZoneId zone = ZoneId.of("Europe/Paris");
      MeterType type =
          MeterType.generic("any")
              .withNominalPeriod(STEP_MILLIS)
              .withRegisterModulus(100_000 * Energy.NANOS);
      List<Meter> meters = new ArrayList<>();
      List<Membership> memberships = new ArrayList<>();
      for (int meter = 0; meter < METERS; meter++) {
        meters.add(Meter.of(name(meter), type, zone, Map.of("import", type(meter))));
        memberships.add(Membership.ofMeter(name(meter), "feeder-" + meter % 2));
      }
      memberships.add(Membership.ofGroup("feeder-0", "city"));
      memberships.add(Membership.ofGroup("feeder-1", "city"));
      return new DirectoryEntries(
          meters,
          List.of(
              new Group("feeder-0", "feeder", zone),
              new Group("feeder-1", "feeder", zone),
              new Group("city", "city", zone)),
          memberships);
    }

    private static String name(int meter) {
      return "meter-" + meter;
    }

    private static ReadingType type(int meter) {
      return ReadingType.values()[meter % ReadingType.values().length];
    }

    /** Sends until it has to stop; gives the number of messages. */
    long sendTo(TestTopic topic, AtomicBoolean stop) {
      long sent = 0;
      for (int round = 1; !stop.get(); round++) {
        Instant time = START.plusMillis(round * STEP_MILLIS);
        List<Message> messages = new ArrayList<>();
        for (int meter = 0; meter < METERS; meter++) {
          send(meter, time, messages);
        }
        while (delayed.size() > 4 * METERS) {
          messages.add(delayed.poll());
        }
        topic.send(messages);
        sent += messages.size();
        Waiting.pause(ROUND_MILLIS);
      }
      topic.send(delayed);
      return sent + delayed.size();
    }

    private void send(int meter, Instant time, List<Message> messages) {
      registers[meter] += random.nextInt(100_000_000);
      long value =
          type(meter) == ReadingType.REGISTER ? registers[meter] : random.nextInt(300_000_000);
      Reading reading =
          Reading.of(name(meter), "import", type(meter), time.toEpochMilli(), value, 0);
      Message message = Message.of(meter % PARTITIONS, reading);
      int dice = random.nextInt(100);
      if (dice < 10) {
        delayed.add(message);
        return;
      }
      messages.add(message);
      if (dice < 15) {
        delayed.add(message);
      } else if (dice == 20) {
        messages.add(Message.text(meter % PARTITIONS, time, "no reading at all"));
      } else if (dice == 21) {
        messages.add(
            Message.of(
                meter % PARTITIONS,
                History.reading("nobody", "import", ReadingType.POWER, time, "1")));
      }
    }
  }
}
