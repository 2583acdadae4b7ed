package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import dev.wattbeam.stores.CassandraServer;
import dev.wattbeam.stores.MongoStandIn;
import dev.wattbeam.stores.StoreContent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole job writing to PostgreSQL, to a real Cassandra and to a stand-in for MongoDB: all hold
 * the rows of the sequential model, also after the two were away for a minute.
 */
@Tag("store")
class ColumnStoresJobTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long OUTAGE_MILLIS = 60_000;
  private static final List<List<Message>> PARTS = Neighbourhoods.messages();

  /** The stand-in looks through all documents for each upsert: a stream gets a part only. */
  private static final List<List<Message>> THIN_PARTS = thin(PARTS);

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

  @Test
  void aMinuteWithoutTheStoresLosesNothing() throws Exception {
    TestTopic topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    String[] stores = stores("outage", "--earlyEvery=PT1S", "--kafkaIdlePartitionAfter=PT5S");
    prepare(topic, database, stores);
    try (Job job = Job.stream(topic, database, stores)) {
      int half = THIN_PARTS.size() / 2;
      for (List<Message> part : THIN_PARTS.subList(0, half)) {
        topic.send(part);
        Waiting.pause(1_200);
      }
      assertThat(
              Waiting.until(
                  job, LIMIT, () -> !contents("outage").get("Cassandra").get("days").isEmpty()))
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
      job.requireRunning();
      cassandra.start();
      // The old one looks for the server ever more rarely.
      session.close();
      session = session();
      Waiting.pause(Math.max(0, OUTAGE_MILLIS - (System.nanoTime() - down) / 1_000_000));
      mongo.restart();

      Expected expected = expected(topic);
      Waiting.untilEqual(job, LIMIT, database, expected);
      SortedMap<String, List<String>> wanted = inStores(expected);
      boolean equal =
          Waiting.until(
              job,
              LIMIT,
              () -> contents("outage").values().stream().allMatch(rows -> rows.equals(wanted)));
      if (!equal) {
        contents("outage").forEach((store, rows) -> assertThat(rows).as(store).isEqualTo(wanted));
      }
      assertThat(job.counters().get("cassandra_retries")).isPositive();
      assertThat(job.counters().get("mongodb_retries")).isPositive();
    }
  }
}
