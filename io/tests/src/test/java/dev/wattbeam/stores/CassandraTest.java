package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.wattbeam.io.cassandra.CassandraConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The sink against a real Cassandra 5.0 server of one node. */
@Tag("store")
class CassandraTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static CassandraServer server;
  private static CqlSession session;

  @BeforeAll
  static void start() throws IOException {
    server = CassandraServer.startTemporaryWithLogin();
    session = session(server);
  }

  /** As the superuser, who is made a moment after the first start. */
  private static CqlSession session(CassandraServer server) {
    String[] point = server.contactPoint().split(":");
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(point[0], Integer.parseInt(point[1])))
        .withLocalDatacenter(CassandraServer.DATACENTER)
        .withAuthCredentials("cassandra", "cassandra")
        .build();
  }

  @AfterAll
  static void stop() {
    session.close();
    server.close();
  }

  private static String keyspace() {
    String keyspace = "k" + NUMBER.incrementAndGet();
    session.execute(
        "CREATE KEYSPACE "
            + keyspace
            + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
    return keyspace;
  }

  private static CassandraConfig config(String keyspace) {
    return config(CassandraServer.DATACENTER, keyspace, "cassandra", "cassandra");
  }

  private static CassandraConfig config(
      String datacenter, String keyspace, String user, String password) {
    return new CassandraConfig(
        List.of(server.contactPoint()),
        datacenter,
        keyspace,
        user,
        password,
        false,
        Duration.ofSeconds(5));
  }

  private static RowStoreRules rules() {
    String keyspace = keyspace();
    CassandraConfig config = config(keyspace);
    assertThat(config.prepare()).isEmpty();
    return new RowStoreRules(config, () -> StoreContent.of(session, keyspace));
  }

  @Test
  void keepsTheNewestVersionOfEachRow() {
    rules().keepsTheNewestVersionOfEachRow();
  }

  @Test
  void takesExtremes() {
    rules().takesExtremes();
  }

  @Test
  void keepsTheNewestReading() throws Exception {
    rules().keepsTheNewestReading();
  }

  @Test
  void bearsConcurrentWriters() throws Exception {
    rules().bearsConcurrentWriters();
  }

  @Test
  void writesManyRows() throws Exception {
    RowStoreRules rules = rules();
    System.out.println(rules.throughput(200_000));
    assertThat(rules.content().get().get("intervals")).hasSize(200_000);
  }

  @Test
  void oneMeterAndOneMonthIsOnePartition() {
    RowStoreRules rules = rules();
    rules.keepsTheNewestVersionOfEachRow();
    String keyspace = ((CassandraConfig) rules.config()).keyspace();
    assertThat(
            session
                .execute(
                    "SELECT start_time, content.energy_mj FROM "
                        + keyspace
                        + ".intervals WHERE meter = 'm1' AND channel = 'import' AND period ="
                        + " '2024-03-01' AND start_time >= '2024-03-30T23:00:00Z' AND start_time <"
                        + " '2024-03-31T00:00:00Z'")
                .all()
                .stream()
                .map(row -> row.getLong("content.energy_mj"))
                .toList())
        .containsExactly(54L, 55L, 56L, 57L);
  }

  @Test
  void saysWhatIsMissingAndMakesTables() {
    assertProblem(
        config("nowhere"), "has no such keyspace: CREATE KEYSPACE nowhere WITH replication");
    String keyspace = keyspace();
    assertProblem(
        config("dc9", keyspace, "cassandra", "cassandra"),
        "has no data centre 'dc9', but [datacenter1]");
    assertProblem(
        config(CassandraServer.DATACENTER, keyspace, "cassandra", "guess"),
        "refuses the password of cassandra");
    assertProblem(config(CassandraServer.DATACENTER, keyspace, null, null), "wants a login: give");

    session.execute("CREATE ROLE pipeline_" + keyspace + " WITH LOGIN = true AND PASSWORD = 'x'");
    CassandraConfig pipeline =
        config(CassandraServer.DATACENTER, keyspace, "pipeline_" + keyspace, "x");
    assertProblem(pipeline, "the role lacks a right: GRANT SELECT, MODIFY ON KEYSPACE " + keyspace);
    assertThat(config(keyspace).prepare()).isEmpty();
    assertThat(config(keyspace).prepare()).isEmpty();
    // Once the tables are there, their maker's rights are needed no more.
    assertThat(pipeline.prepare()).isEmpty();
  }

  @Test
  void saysThatNobodyAnswers() {
    CassandraConfig nobody = CassandraConfig.of("127.0.0.1:1", "datacenter1", "wattbeam");
    assertProblem(nobody, "Cassandra at 127.0.0.1:1/wattbeam does not answer");
  }

  private static void assertProblem(CassandraConfig config, String text) {
    assertThat(config.prepare()).singleElement().asString().contains(text).hasLineCount(1);
  }
}
