package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Kafka, PostgreSQL and Flink (a JobManager, two TaskManagers) are processes, and are killed,
 * stopped and restarted while a fleet sends. At the end the tables are what the sequential model
 * makes of the topic: nothing is lost, nothing is doubled.
 */
@Tag("cluster")
class FlinkFaultTest {
  private static final Duration ROUND = Duration.ofMinutes(10);

  private final ClusterProgram flink = ClusterProgram.flink("faults");

  @Test
  void eachFaultOnceLosesAndDoublesNothing() throws Exception {
    FaultReport report = new FaultReport("Flink", "faults.md");
    try (KafkaProcess kafka = KafkaProcess.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      flink.run("start");
      try (FlinkRound round = new FlinkRound(flink, kafka, postgres, report, 1)) {
        round.start();
        round.killTaskManager(1);
        round.crashDatabase();
        round.killJobManager();
        round.crashBroker();
        round.changeParallelism(4);
        // Now both TaskManagers are needed.
        round.pauseTaskManager(2);
        round.changeParallelism(1);
        round.upgrade(
            "savepoint, upgraded jar, new cluster with ZooKeeper",
            () -> {
              flink.run("stop");
              flink.run("start", "--ha");
            });
        round.killJobManagerWithZooKeeper();
        round.finish();
        round.switchIdempotenceOff();
      }
      flink.run("stop", "--purge");
    } finally {
      flink.run("stop");
    }
  }

  /** Random faults in rounds, each with a fleet, a topic and a database of its own. */
  @Test
  @EnabledIfSystemProperty(named = "wattbeam.soak.duration", matches = ".+")
  void manyFaultsLoseAndDoubleNothing() throws Exception {
    long end =
        System.nanoTime() + Duration.parse(System.getProperty("wattbeam.soak.duration")).toNanos();
    long seed = Long.getLong("wattbeam.soak.seed", System.currentTimeMillis() / 1000);
    FaultReport report = new FaultReport("Flink", "soak.md");
    try (KafkaProcess kafka = KafkaProcess.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      flink.run("start", "--ha");
      while (System.nanoTime() < end) {
        report.say("round with seed %d", seed);
        try (FlinkRound round = new FlinkRound(flink, kafka, postgres, report, seed)) {
          round.start();
          Random random = new Random(seed);
          long roundEnd = Math.min(end, System.nanoTime() + ROUND.toNanos());
          do {
            someFault(round, random);
            Waiting.pause(random.nextInt(10_000));
          } while (System.nanoTime() < roundEnd);
          round.finish();
        }
        seed++;
      }
      flink.run("stop", "--purge");
    } finally {
      flink.run("stop");
    }
  }

  private static void someFault(FlinkRound round, Random random) throws Exception {
    int taskManager = 1 + random.nextInt(2);
    switch (random.nextInt(8)) {
      case 0, 1 -> round.killTaskManager(taskManager);
      case 2 -> round.killJobManagerWithZooKeeper();
      case 3 -> round.pauseTaskManager(taskManager);
      case 4 -> round.crashBroker();
      case 5 -> round.crashDatabase();
      case 6 -> round.changeParallelism(1 << random.nextInt(3));
      default -> round.upgrade();
    }
  }
}
