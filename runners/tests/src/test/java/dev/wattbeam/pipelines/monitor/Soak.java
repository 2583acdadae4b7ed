package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import java.time.Duration;
import java.util.Random;

/** Random faults in rounds, each with a fleet, a topic and a database of its own. */
final class Soak {
  /** Set to an ISO 8601 duration by {@code runners/tests/soak}. */
  static final String DURATION = "wattbeam.soak.duration";

  private static final Duration ROUND = Duration.ofMinutes(10);

  private Soak() {}

  /** A job on one kind of cluster. */
  interface Round extends AutoCloseable {
    void start() throws Exception;

    void someFault(Random random) throws Exception;

    /** Compares all tables. */
    void finish() throws Exception;
  }

  /** Begins a round. */
  @FunctionalInterface
  interface Rounds {
    Round begin(KafkaProcess kafka, EmbeddedPostgres postgres, long seed) throws Exception;
  }

  static void run(FaultReport report, Rounds rounds) throws Exception {
    long end = System.nanoTime() + Duration.parse(System.getProperty(DURATION)).toNanos();
    long seed = Long.getLong("wattbeam.soak.seed", System.currentTimeMillis() / 1000);
    try (KafkaProcess kafka = KafkaProcess.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      while (System.nanoTime() < end) {
        report.say("round with seed %d", seed);
        try (Round round = rounds.begin(kafka, postgres, seed)) {
          round.start();
          Random random = new Random(seed);
          long roundEnd = Math.min(end, System.nanoTime() + ROUND.toNanos());
          do {
            round.someFault(random);
            Waiting.pause(random.nextInt(10_000));
          } while (System.nanoTime() < roundEnd);
          round.finish();
        }
        seed++;
      }
    }
  }
}
