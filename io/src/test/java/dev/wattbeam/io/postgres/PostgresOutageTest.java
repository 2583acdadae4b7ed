package dev.wattbeam.io.postgres;

import static dev.wattbeam.io.postgres.Samples.QUARTER;
import static dev.wattbeam.io.postgres.Samples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server crashes while rows are being written, and comes back. */
class PostgresOutageTest {
  private static final long START = millis("2024-03-01T00:00:00Z");
  private static final int METERS = 500;
  private static final int WRITERS = 2;

  @Test
  void aShortOutageLosesAndDoublesNothing() throws Exception {
    writeThroughAnOutageOf(Duration.ofMillis(1_500));
  }

  @Test
  @Tag("slow")
  void aMinuteLosesAndDoublesNothing() throws Exception {
    writeThroughAnOutageOf(Duration.ofMinutes(1));
  }

  private static void writeThroughAnOutageOf(Duration outage) throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.startTemporary()) {
      TestDatabase database = TestDatabase.migrated(server);
      PostgresConfig config = database.pipeline().withRetryFor(Duration.ofMinutes(3));
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger committed = new AtomicInteger();
      ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
      List<Future<TestDatabase.Written>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        writers.add(threads.submit(() -> write(config, number, committed, stop)));
      }
      waitFor(committed, 10);
      server.stopImmediate();
      int before = committed.get();
      Thread.sleep(outage.toMillis());
      assertThat(committed.get()).isBetween(before, before + WRITERS);
      server.start();
      waitFor(committed, before + 10);
      stop.set(true);
      long rows = 0;
      int retries = 0;
      int bundles = 0;
      for (Future<TestDatabase.Written> writer : writers) {
        TestDatabase.Written written = writer.get();
        rows += written.rows;
        retries += written.retries;
        bundles += written.flushes;
      }
      threads.shutdown();
      assertThat(retries).isPositive();
      // Each bundle is another quarter of an hour of all meters.
      assertThat(
              database.queryOne(
                  "SELECT count(*), count(DISTINCT (meter, start_time)), sum(energy_mj)"
                      + " FROM wattbeam.intervals"))
          .isEqualTo(
              String.format("%d|%d|%d", bundles * METERS, bundles * METERS, 7L * bundles * METERS));
      // What was committed just before the crash, without the writer hearing of it, counts 0.
      assertThat(rows).isBetween((bundles - (long) WRITERS) * METERS, (long) bundles * METERS);
    }
  }

  private static TestDatabase.Written write(
      PostgresConfig config, int writer, AtomicInteger committed, AtomicBoolean stop) {
    TestDatabase.Written written = new TestDatabase.Written();
    try (ConnectionPool pool = ConnectionPool.acquire(config)) {
      UpsertBuffer buffer = new UpsertBuffer(pool, written);
      for (long bundle = writer; !stop.get(); bundle += WRITERS) {
        for (int meter = 0; meter < METERS; meter++) {
          buffer.add(
              Tables.consumption(OwnerKind.METER, Level.INTERVAL),
              Samples.row(
                  OwnerKind.METER, "m" + meter, Level.INTERVAL, START + bundle * QUARTER, 7, 1));
        }
        buffer.flush();
        committed.incrementAndGet();
      }
    }
    return written;
  }

  private static void waitFor(AtomicInteger committed, int wanted) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (committed.get() < wanted) {
      assertThat(System.nanoTime()).as("bundles: %s", committed).isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
