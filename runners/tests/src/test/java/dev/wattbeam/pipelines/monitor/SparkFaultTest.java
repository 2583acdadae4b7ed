package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Streaming on a real Spark cluster (a master, two workers), of which workers and the driver are
 * killed while a fleet sends. At the end the tables are what the sequential model makes of the
 * topic: nothing is lost, nothing is doubled.
 */
@Tag("cluster")
class SparkFaultTest {
  private final ClusterProgram spark = ClusterProgram.spark("faults");

  @Test
  void eachFaultLosesAndDoublesNothing() throws Exception {
    FaultReport report = new FaultReport("Spark", "spark-faults.md");
    try (KafkaProcess kafka = KafkaProcess.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      spark.run("start");
      try (SparkRound round = new SparkRound(spark, kafka, postgres, report, 1)) {
        round.start();
        round.killWorker(1);
        round.killDriver();
        round.killWorker(2);
        round.finish();
      }
      spark.run("stop", "--purge");
    } finally {
      spark.run("stop");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = Soak.DURATION, matches = ".+")
  void manyFaultsLoseAndDoubleNothing() throws Exception {
    FaultReport report = new FaultReport("Spark", "spark-soak.md");
    try {
      spark.run("start");
      Soak.run(
          report, (kafka, postgres, seed) -> new SparkRound(spark, kafka, postgres, report, seed));
      spark.run("stop", "--purge");
    } finally {
      spark.run("stop");
    }
  }
}
