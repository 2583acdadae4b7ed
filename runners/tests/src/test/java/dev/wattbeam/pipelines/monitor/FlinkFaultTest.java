package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
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
  private final ClusterProgram flink = ClusterProgram.flink("faults");

  @Test
  void eachFaultOnceLosesAndDoublesNothing() throws Exception {
    FaultReport report = new FaultReport("Flink", "flink-faults.md");
    try (KafkaProcess kafka = KafkaProcess.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      flink.run("start");
      try (FlinkRound round = new FlinkRound(flink, kafka, postgres, report, 1)) {
        round.start();
        round.killTaskManager(1);
        round.round().crashDatabase();
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
        round.round().switchIdempotenceOff();
      }
      flink.run("stop", "--purge");
    } finally {
      flink.run("stop");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = Soak.DURATION, matches = ".+")
  void manyFaultsLoseAndDoubleNothing() throws Exception {
    FaultReport report = new FaultReport("Flink", "flink-soak.md");
    try {
      flink.run("start", "--ha");
      Soak.run(
          report, (kafka, postgres, seed) -> new FlinkRound(flink, kafka, postgres, report, seed));
      flink.run("stop", "--purge");
    } finally {
      flink.run("stop");
    }
  }
}
