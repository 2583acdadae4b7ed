package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.wattbeam.io.kafka.GridSignalJson;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import dev.wattbeam.model.GridValue;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.grid.IngestGridSignals;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import dev.wattbeam.pipelines.warehouse.LoadWarehouse;
import dev.wattbeam.stores.CassandraServer;
import dev.wattbeam.stores.FakeSnow;
import dev.wattbeam.stores.MongoStandIn;
import dev.wattbeam.stores.PipelineProcess;
import dev.wattbeam.stores.StoreContent;
import dev.wattbeam.stores.Warehouse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job writing to PostgreSQL, to a real Cassandra and to a stand-in for MongoDB: all hold
 * the rows of the sequential model, also after the two were away for a minute; the same rows on
 * each runner, and with them those of a load of Snowflake's stand-in.
 */
@Tag("store")
class ColumnStoresJobTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long OUTAGE_MILLIS = 60_000;
  private static final List<List<Message>> PARTS = Neighbourhoods.messages();

  /** The stand-in looks through all documents for each upsert: a stream gets a part only. */
  private static final List<List<Message>> THIN_PARTS = thin(PARTS);

  private static final String[] STREAM = {"--earlyEvery=PT1S", "--kafkaIdlePartitionAfter=PT5S"};
  private static final String GRID_ROWS =
      "SELECT source, area, name, kind, start_time::text, end_time::text, value, unit, stage,"
          + " known_at::text FROM wattbeam.grid_signals ORDER BY 1, 2, 3, 4, 5";

  @TempDir static Path folder;

  private static CassandraServer cassandra;
  private static CqlSession session;
  private static MongoStandIn mongo;

  @BeforeAll
  static void start() throws IOException {
    cassandra = CassandraServer.startTemporary();
    session = session();
    mongo = MongoStandIn.start();
  }

  private static List<List<Message>> thin(List<List<Message>> parts) {
    Random random = new Random(1);
    return parts.stream()
        .map(part -> part.stream().filter(message -> random.nextInt(4) == 0).toList())
        .toList();
  }

  private static CqlSession session() {
    String[] point = cassandra.contactPoint().split(":");
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(point[0], Integer.parseInt(point[1])))
        .withLocalDatacenter(CassandraServer.DATACENTER)
        .build();
  }

  @AfterAll
  static void stop() {
    session.close();
    mongo.close();
    cassandra.close();
  }

  /** What the command line says about the two stores, which are empty. */
  private static String[] stores(String name, String... more) {
    session.execute(
        "CREATE KEYSPACE "
            + name
            + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--cassandraContactPoints=" + cassandra.contactPoint(),
                "--cassandraDatacenter=" + CassandraServer.DATACENTER,
                "--cassandraKeyspace=" + name,
                "--mongoUri=" + mongo.uri(name)));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static void prepare(TestTopic topic, TestDatabase database, String... stores) {
    assertThat(
            MonitorConsumption.check(
                PipelineOptionsFactory.fromArgs(Job.arguments(topic, database, stores))
                    .as(MonitorOptions.class)))
        .isEmpty();
  }

  private static Expected expected(TestTopic topic) {
    return Expected.of(
        topic.content(),
        new SequentialModel(
            Neighbourhoods.directory().toDirectory(), SequentialModel.Limits.DEFAULT));
  }

  /** The tables that the stores have, as the model has them. */
  private static SortedMap<String, List<String>> inStores(Expected expected) {
    SortedMap<String, List<String>> tables = new TreeMap<>();
    expected
        .tables()
        .lines()
        .forEach(
            (table, lines) -> {
              if (!table.equals("dead_letters") && !table.equals("late_readings")) {
                boolean latest = table.equals("latest_values");
                tables.put(
                    table,
                    lines.stream()
                        // The last column, quality_rank, is only PostgreSQL's.
                        .map(line -> latest ? line.substring(0, line.lastIndexOf('|')) : line)
                        .sorted()
                        .toList());
              }
            });
    return tables;
  }

  private static Map<String, SortedMap<String, List<String>>> contents(String name) {
    return Map.of(
        "Cassandra",
        StoreContent.of(session, name),
        "MongoDB",
        StoreContent.of(mongo.uri(name), name));
  }

  @Test
  void boundedRunsGiveTheSameRowsEverywhere() throws IOException {
    TestTopic topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    PARTS.forEach(topic::send);
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    String[] stores = stores("bounded");
    prepare(topic, database, stores);
    Expected expected = expected(topic);
    SortedMap<String, List<String>> wanted = inStores(expected);
    for (int run = 0; run < 2; run++) {
      Job.runBounded(topic, database, stores).close();
      assertThat(Tables.of(database).differenceFrom(expected.tables())).isEmpty();
      contents("bounded").forEach((store, rows) -> assertThat(rows).as(store).isEqualTo(wanted));
    }
  }

  /** What a runner has written to the databases, by store and table. */
  private SortedMap<String, List<String>> written(
      String runner, TestTopic readings, TestTopic signals, FakeSnow snowflake) throws IOException {
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    String bounded = "--kafkaBounded=true";
    PipelineProcess.run(
        runner,
        folder,
        MonitorConsumption.NAME,
        Job.arguments(readings, database, stores("on_" + runner, bounded)));
    PipelineProcess.run(
        runner, folder, IngestGridSignals.NAME, Job.arguments(signals, database, bounded));
    String warehouse = "WATTBEAM_ON_" + runner.toUpperCase(Locale.ROOT);
    Warehouse.migrate(snowflake, warehouse);
    List<String> load = new ArrayList<>(snowflake.options(warehouse));
    Stream.of(Job.arguments(signals, database))
        .filter(argument -> argument.startsWith("--postgres"))
        .forEach(load::add);
    PipelineProcess.run(runner, folder, LoadWarehouse.NAME, load.toArray(String[]::new));
    Warehouse.requireEqual(database::query, snowflake, warehouse);

    SortedMap<String, List<String>> written = new TreeMap<>();
    Tables.of(database)
        .lines()
        .forEach((table, lines) -> written.put("PostgreSQL " + table, List.copyOf(lines)));
    written.put("PostgreSQL grid_signals", database.query(GRID_ROWS));
    contents("on_" + runner)
        .forEach(
            (store, tables) ->
                tables.forEach((table, lines) -> written.put(store + " " + table, lines)));
    return written;
  }

  @Test
  void flinkAndSparkWriteWhatDirectWrites() throws IOException {
    TestTopic readings = TestTopic.create(Neighbourhoods.PARTITIONS);
    THIN_PARTS.forEach(readings::send);
    TestTopic signals = TestTopic.create(2);
    signals.send(gridSignals());
    try (FakeSnow snowflake = FakeSnow.start()) {
      SortedMap<String, List<String>> direct = written("direct", readings, signals, snowflake);
      assertThat(direct).allSatisfy((table, lines) -> assertThat(lines).as(table).isNotEmpty());
      for (String runner : List.of("flink", "spark")) {
        assertThat(written(runner, readings, signals, snowflake)).as(runner).isEqualTo(direct);
      }
    }
  }

  /** Two days of a country by the half-hour, each said twice, in no order, and a wrong message. */
  private static List<Message> gridSignals() {
    List<Message> messages = new ArrayList<>();
    for (int version = 0; version < 2; version++) {
      for (int i = 0; i < 96; i++) {
        long start = Neighbourhoods.START.plus(Duration.ofMinutes(30L * i)).toEpochMilli();
        long known = start + Duration.ofDays(3 + version).toMillis();
        GridValue value =
            new GridValue(
                "carbon-intensity",
                GridKind.ACTUAL,
                GridUnit.G_CO2_PER_KWH,
                (60 + i * 37 % 100 + version) * Energy.NANOS);
        GridSignal signal =
            new GridSignal(
                "test",
                "GB",
                start,
                start + Duration.ofMinutes(30).toMillis(),
                known,
                GridStage.PROVISIONAL,
                List.of(value));
        messages.add(new Message(i % 2, known, GridSignalJson.write(signal)));
      }
    }
    messages.add(Message.text(0, Neighbourhoods.START, "no signal"));
    Collections.shuffle(messages, new Random(1));
    return messages;
  }

  @Test
  void aMinuteWithoutTheStoresLosesNothing() throws IOException {
    TestTopic topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    String[] stores = stores("outage", STREAM);
    prepare(topic, database, stores);
    try (Job job = Job.stream(topic, database, stores)) {
      outage(topic, database, "outage", job::requireRunning);
      assertThat(job.counters().get("cassandra_retries")).isPositive();
      assertThat(job.counters().get("mongodb_retries")).isPositive();
    }
  }

  @Test
  void aMinuteWithoutTheStoresLosesNothingOnFlink() throws IOException {
    TestTopic topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    String[] stores = stores("outage_on_flink", STREAM);
    prepare(topic, database, stores);
    try (PipelineProcess job =
        PipelineProcess.start(
            "flink", folder, MonitorConsumption.NAME, Job.arguments(topic, database, stores))) {
      outage(topic, database, "outage_on_flink", job::requireRunning);
    }
  }

  /** Cassandra is killed and the way to MongoDB cut while messages come. */
  private static void outage(
      TestTopic topic, TestDatabase database, String name, Runnable requireRunning)
      throws IOException {
    int half = THIN_PARTS.size() / 2;
    for (List<Message> part : THIN_PARTS.subList(0, half)) {
      topic.send(part);
      Waiting.pause(1_200);
    }
    assertThat(until(requireRunning, () -> !contents(name).get("Cassandra").get("days").isEmpty()))
        .isTrue();
    mongo.stop();
    cassandra.kill();
    long down = System.nanoTime();
    for (List<Message> part : THIN_PARTS.subList(half, THIN_PARTS.size())) {
      topic.send(part);
      Waiting.pause(1_200);
    }
    // It takes its time to start.
    Waiting.pause(OUTAGE_MILLIS / 2);
    requireRunning.run();
    cassandra.start();
    // The old one looks for the server ever more rarely.
    session.close();
    session = session();
    Waiting.pause(Math.max(0, OUTAGE_MILLIS - (System.nanoTime() - down) / 1_000_000));
    mongo.restart();

    Expected expected = expected(topic);
    until(requireRunning, () -> Tables.of(database).differenceFrom(expected.tables()).isEmpty());
    assertThat(Tables.of(database).differenceFrom(expected.tables())).isEmpty();
    SortedMap<String, List<String>> wanted = inStores(expected);
    until(
        requireRunning,
        () -> contents(name).values().stream().allMatch(rows -> rows.equals(wanted)));
    contents(name).forEach((store, rows) -> assertThat(rows).as(store).isEqualTo(wanted));
  }

  /** Whether it comes true in time, while the job runs. */
  private static boolean until(Runnable requireRunning, BooleanSupplier condition) {
    return Waiting.until(
        LIMIT,
        () -> {
          requireRunning.run();
          return condition.getAsBoolean();
        });
  }
}
