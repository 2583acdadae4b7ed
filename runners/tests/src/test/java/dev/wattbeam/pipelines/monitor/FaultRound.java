package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.KafkaProcess;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A fleet that sends while something is done to the job that reads, or to what it needs: from the
 * first message to the comparison of all tables with the sequential model.
 */
final class FaultRound implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Tables whose rows are written once, as long as nothing is repeated. */
  private static final List<String> ONCE = List.of("dead_letters", "late_readings");

  private final EmbeddedPostgres postgres;
  private final FaultReport report;
  private final Cluster cluster;
  private final String servers;
  private final String topic;
  private final FleetSender sender;
  private final TestDatabase database;
  private Expected expected;

  FaultRound(
      KafkaProcess kafka,
      EmbeddedPostgres postgres,
      FaultReport report,
      Cluster cluster,
      long seed,
      double speedUp) {
    this.postgres = postgres;
    this.report = report;
    this.cluster = cluster;
    this.servers = kafka.bootstrapServers();
    this.topic = "readings-" + seed;
    kafka.createTopic(topic, FleetSender.PARTITIONS);
    sender = new FleetSender(seed, speedUp, servers, topic);
    database = TestDatabase.with(sender.directory(), postgres);
  }

  /** The job goes on by itself, or is made to. */
  interface Cluster {
    /** Name of the newest checkpoint of the job. */
    String latestCheckpoint();

    /** What to look at when the job does not go on. */
    String state();
  }

  /** Starts the fleet and, with it, the job; returns when there are rows and a checkpoint. */
  void start(Runnable submit) throws IOException {
    ONCE.forEach(this::recordAttempts);
    fault("start", sender::start, Duration.ZERO, submit);
  }

  /** What any job over this fleet is told. */
  List<String> jobArguments() {
    return List.of(
        "--kafkaBootstrapServers=" + servers,
        "--kafkaTopic=" + topic,
        "--kafkaGroupId=" + topic,
        "--postgresUrl=" + database.url(),
        "--postgresUser=" + database.user(),
        "--postgresPasswordFile=" + database.passwordFile(),
        "--allowedLateness=" + FleetSender.ALLOWED_LATENESS);
  }

  /** What a sink without keys would have written is kept in a second table. */
  private void recordAttempts(String table) {
    database.execute(
        String.format(
            """
            CREATE TABLE wattbeam.%1$s_without_key (LIKE wattbeam.%1$s INCLUDING DEFAULTS);
            CREATE FUNCTION wattbeam.%1$s_attempt() RETURNS trigger LANGUAGE plpgsql
              SECURITY DEFINER AS $$
            BEGIN
              INSERT INTO wattbeam.%1$s_without_key SELECT NEW.*;
              RETURN NEW;
            END $$;
            CREATE TRIGGER attempt BEFORE INSERT ON wattbeam.%1$s
              FOR EACH ROW EXECUTE FUNCTION wattbeam.%1$s_attempt();
            """,
            table));
  }

  void crashDatabase() throws IOException {
    fault(
        "PostgreSQL stopped as in a crash, back after 5 s",
        postgres::stopImmediate,
        Duration.ofSeconds(5),
        postgres::start);
  }

  /** Breaks something, mends it after a while, and waits until the job goes on. */
  void fault(String name, Runnable breakIt, Duration outage, Runnable mend) throws IOException {
    report.say("%s", name);
    long start = System.nanoTime();
    breakIt.run();
    Instant clock = sender.clock();
    CompletableFuture<Void> mended =
        CompletableFuture.runAsync(
            mend, CompletableFuture.delayedExecutor(outage.toMillis(), TimeUnit.MILLISECONDS));
    await(name + ": rows of readings after " + clock, mended, () -> showsAllAfter(clock));
    double rows = (System.nanoTime() - start) / 1e9;
    String before = cluster.latestCheckpoint();
    await(name + ": a checkpoint", mended, () -> !cluster.latestCheckpoint().equals(before));
    report.add(name, rows, (System.nanoTime() - start) / 1e9);
    mended.join();
  }

  private void await(String what, CompletableFuture<Void> mended, BooleanSupplier condition) {
    boolean came =
        Waiting.until(
            LIMIT,
            () -> {
              if (mended.isCompletedExceptionally()) {
                mended.join();
              }
              return condition.getAsBoolean();
            });
    assertThat(came).as("%s within %s; %s", what, LIMIT, cluster.state()).isTrue();
  }

  /** Whether each channel that sends every minute, whatever its partition, has got over a time. */
  private boolean showsAllAfter(Instant clock) {
    try {
      return database
          .query(
              "SELECT count(*) > 0 AND bool_and(time > '"
                  + clock
                  + "') FROM wattbeam.latest_values WHERE type = 'power'")
          .equals(List.of("true"));
    } catch (IllegalStateException e) {
      return false; // The database is away.
    }
  }

  /** Ends the fleet and compares; nothing may be lost or doubled. */
  void finish() throws Exception {
    long sent = sender.stop();
    expected =
        Expected.of(TestTopic.content(servers, topic, FleetSender.PARTITIONS), sender.model());
    int rows = expected.tables().size();
    Waiting.until(LIMIT, () -> Tables.of(database).differences(expected.tables()) == 0);
    Tables tables = Tables.of(database);
    report.compared(topic, sent, rows, tables.differences(expected.tables()));
    assertThat(tables.differenceFrom(expected.tables())).isEmpty();

    assertThat(expected.messages()).isEqualTo(sent);
    assertThat(
            database.count("SELECT sum(samples) FROM wattbeam.intervals")
                + expected.result().duplicates()
                + database.count("SELECT count(*) FROM wattbeam.late_readings")
                + database.count("SELECT count(*) FROM wattbeam.dead_letters"))
        .isEqualTo(sent);
  }

  /**
   * Shows that the comparison can fail: without their keys, tables hold twice what was repeated.
   * After {@link #finish}.
   */
  void switchIdempotenceOff() throws IOException {
    for (String table : ONCE) {
      database.execute(
          String.format(
              """
              ALTER TABLE wattbeam.%1$s RENAME TO %1$s_with_key;
              ALTER TABLE wattbeam.%1$s_without_key RENAME TO %1$s;
              """,
              table));
    }
    int differences = Tables.of(database).differences(expected.tables());
    report.compared(
        topic + ", keys switched off", expected.messages(), expected.tables().size(), differences);
    assertThat(differences).isPositive();
  }

  @Override
  public void close() {
    sender.close();
  }
}
