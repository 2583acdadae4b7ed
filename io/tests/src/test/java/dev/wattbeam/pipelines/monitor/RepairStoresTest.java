package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import dev.wattbeam.stores.CassandraServer;
import dev.wattbeam.stores.FakeSnow;
import dev.wattbeam.stores.MongoStandIn;
import dev.wattbeam.stores.StoreContent;
import dev.wattbeam.stores.Warehouse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readings of January come right in April: after the repair PostgreSQL, a real Cassandra, a
 * stand-in for MongoDB and, after its next load, one for Snowflake have the same rows, those of the
 * sequential model, to which nothing is late.
 */
@Tag("store")
class RepairStoresTest {
  private static final String NAME = "repair";
  private static final String WAREHOUSE = "WATTBEAM_REPAIR";

  @TempDir Path folder;

  private static CqlSession session(CassandraServer cassandra) {
    String[] point = cassandra.contactPoint().split(":");
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(point[0], Integer.parseInt(point[1])))
        .withLocalDatacenter(CassandraServer.DATACENTER)
        .build();
  }

  /** The stand-in is slow, so only the days that matter. */
  private static List<Message> messages() {
    List<Message> messages =
        Corrections.messages(
            Instant.parse("2024-01-10T00:00:00Z"), Instant.parse("2024-01-22T00:00:00Z"), false);
    messages.addAll(
        Corrections.messages(Instant.parse("2024-04-18T00:00:00Z"), Corrections.SENT, false));
    return messages;
  }

  /** Tables of rows; latest values have nothing to do with a repair. */
  private static SortedMap<String, List<String>> rows(
      SortedMap<String, ? extends Collection<String>> tables) {
    SortedMap<String, List<String>> rows = new TreeMap<>();
    tables.forEach(
        (table, lines) -> {
          if (table.matches("(group_)?(interval|hour|day|month)s")) {
            rows.put(table, lines.stream().sorted().toList());
          }
        });
    return rows;
  }

  private static void load(TestDatabase database, FakeSnow snowflake, String run) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--postgresUrl=" + database.url(),
                "--postgresUser=" + database.user(),
                "--postgresPasswordFile=" + database.passwordFile(),
                "--run=" + run));
    arguments.addAll(snowflake.options(WAREHOUSE));
    Warehouse.load(arguments.toArray(String[]::new));
    Warehouse.requireEqual(database::query, snowflake, WAREHOUSE);
  }

  @Test
  void correctionsOfThreeMonthsAgoReachEachStore() throws IOException {
    try (CassandraServer cassandra = CassandraServer.startTemporary();
        CqlSession session = session(cassandra);
        MongoStandIn mongo = MongoStandIn.start();
        FakeSnow snowflake = FakeSnow.start()) {
      Warehouse.migrate(snowflake, WAREHOUSE);
      session.execute(
          "CREATE KEYSPACE "
              + NAME
              + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
      String[] stores = {
        "--cassandraContactPoints=" + cassandra.contactPoint(),
        "--cassandraDatacenter=" + CassandraServer.DATACENTER,
        "--cassandraKeyspace=" + NAME,
        "--mongoUri=" + mongo.uri(NAME)
      };
      TestTopic topic = TestTopic.create(2);
      topic.send(messages());
      TestDatabase database = TestDatabase.with(Corrections.directory());
      assertThat(
              MonitorConsumption.check(
                  PipelineOptionsFactory.fromArgs(Job.arguments(topic, database, stores))
                      .as(MonitorOptions.class)))
          .isEmpty();
      topic.send(Corrections.late());
      Job.runBounded(topic, database, stores).close();
      load(database, snowflake, "late");
      Corrections.archive(topic, folder);
      Expected expected = Corrections.repaired(topic);
      SortedMap<String, List<String>> wanted = rows(expected.tables().lines());
      assertThat(rows(StoreContent.of(session, NAME))).isNotEqualTo(wanted);
      Corrections.forgetArchived(topic);

      for (int run = 0; run < 2; run++) {
        Corrections.repair(topic, database, folder, stores);
        assertThat(rows(Tables.of(database).lines())).as("PostgreSQL").isEqualTo(wanted);
        assertThat(rows(StoreContent.of(session, NAME))).as("Cassandra").isEqualTo(wanted);
        assertThat(rows(StoreContent.of(mongo.uri(NAME), NAME))).as("MongoDB").isEqualTo(wanted);
        load(database, snowflake, "repaired-" + run);
        database.execute("UPDATE wattbeam.late_readings SET repaired_at = NULL");
      }
    }
  }
}
