package dev.wattbeam.pipelines.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.PostgresException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class TablePublisherTest {
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgres postgres;

  private String topic;
  private RawTable table;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.startTemporary();
    postgres = EmbeddedPostgres.startTemporary();
  }

  @AfterAll
  static void stop() {
    kafka.close();
    postgres.close();
  }

  @BeforeEach
  void create(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    kafka.createTopic(topic, 3);
    table = RawTable.create(postgres, topic.toLowerCase(Locale.ROOT));
  }

  @Test
  void sendsTheWholeTableOnceThenWhatIsNew() throws Exception {
    insert(25_000);
    TableSummary first = TablePublisher.create(settings().withReaders(3)).publish();
    assertThat(first.backfilled()).isEqualTo(25_000);
    assertThat(first.changes()).isZero();
    assertThat(first.complete()).isTrue();
    assertThat(sorted(messages())).isEqualTo(sorted(table.rows()));

    TableSummary again = TablePublisher.create(settings()).publish();
    assertThat(again.backfilled() + again.changes()).isZero();

    insert(5);
    table.execute("UPDATE wattbeam.raw_readings SET value = value + 1 WHERE id % 5000 = 0");
    TableSummary then = TablePublisher.create(settings()).publish();
    assertThat(then.backfilled()).isZero();
    assertThat(then.changes()).isEqualTo(10);
    assertThat(messages()).hasSize(25_010);
    assertThat(new HashSet<>(messages()).containsAll(table.rows())).isTrue();

    TableSummary all = TablePublisher.create(settings().withFromBeginning(true)).publish();
    assertThat(all.backfilled()).isEqualTo(25_005);
    assertThat(messages()).hasSize(50_015);
  }

  @Test
  void goesOnWithAnInterruptedFirstPass() throws Exception {
    insert(30_000);
    TablePublisher[] publisher = new TablePublisher[1];
    publisher[0] = TablePublisher.create(settings().withReaders(1));
    publisher[0].stop();
    assertThat(publisher[0].publish().complete()).isFalse();
    table.execute(
        "UPDATE wattbeam.captures SET to_backfill = to_backfill - '{[1,101)}'::int8multirange");
    assertThat(TablePublisher.create(settings()).publish().backfilled()).isEqualTo(29_900);
  }

  @Test
  void missesNothingThatIsCommittedLate() throws Exception {
    TablePublisher publisher = TablePublisher.create(continuous());
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<TableSummary> summary = thread.submit(publisher::publish);
    try (Connection slow = table.connect();
        Connection undecided = table.connect();
        Statement inSlow = slow.createStatement();
        Statement inUndecided = undecided.createStatement()) {
      until(() -> !table.query("SELECT topic FROM wattbeam.captures").isEmpty());
      slow.setAutoCommit(false);
      undecided.setAutoCommit(false);
      inSlow.execute(row("slow", 1));
      inUndecided.execute(row("rolled-back", 1));
      table.execute(row("fast", 1));
      Savepoint savepoint = slow.setSavepoint();
      inSlow.execute(row("undone", 1));
      slow.rollback(savepoint);
      table.execute(row("fast", 2));
      inSlow.execute(row("slow", 2));
      Thread.sleep(300);
      // What is committed has to wait: the open transactions come before it.
      assertThat(messages()).isEmpty();
      undecided.rollback();
      slow.commit();
      until(() -> messages().size() >= 4);
      table.execute(row("fast", 3));
      until(() -> messages().size() >= 5);
    }
    publisher.stop();
    assertThat(summary.get().changes()).isEqualTo(5);
    thread.shutdown();
    assertThat(messages()).hasSize(5).containsExactlyInAnyOrderElementsOf(table.rows());
  }

  @Test
  void aBoundedRunSendsAllThatIsCommittedAndForgetsWhatIsUncertain() throws Exception {
    TablePublisher.create(settings()).publish();
    try (Connection slow = table.connect();
        Statement inSlow = slow.createStatement()) {
      slow.setAutoCommit(false);
      inSlow.execute(row("slow", 1));
      table.execute(row("fast", 1));
      assertThat(TablePublisher.create(settings()).publish().changes()).isEqualTo(1);
      assertThat(messages()).singleElement().asString().startsWith("fast");
      slow.commit();
    }
    assertThat(TablePublisher.create(settings()).publish().changes()).isEqualTo(2);
    assertThat(TablePublisher.create(settings()).publish().changes()).isZero();
    assertThat(messages()).hasSize(3).containsAll(table.rows());
  }

  @Test
  void transactionsAreNumbersAndNotTexts() throws Exception {
    TablePublisher.create(settings()).publish();
    table.execute("UPDATE wattbeam.captures SET transaction = '9'");
    // As texts, 100 comes before 99, and a page of 10 000 rows would end between them.
    table.executeAsOwner("ALTER TABLE wattbeam.raw_readings DISABLE TRIGGER stamp_insert");
    table.executeAsOwner(
        "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value, transaction)"
            + " SELECT 'm', 'import', 'power', 'kW', to_timestamp(i), 1,"
            + " CASE WHEN i > 10000 THEN '99' ELSE '100' END::xid8"
            + " FROM generate_series(1, 10010) i");
    assertThat(TablePublisher.create(settings()).publish().changes()).isEqualTo(10_010);
    assertThat(sorted(messages())).isEqualTo(sorted(table.rows()));
  }

  @Test
  void correctionsHaveAHigherSequence() throws Exception {
    table.execute(row("a", 1));
    TablePublisher.create(settings()).publish();
    String update = "UPDATE wattbeam.raw_readings SET value = ";
    table.execute(update + "2");
    TablePublisher.create(settings()).publish();
    table.execute(update + "value"); // Changes nothing, so it is nothing.
    assertThat(TablePublisher.create(settings()).publish().changes()).isZero();
    table.execute(update + "3, sequence = 10");
    TablePublisher.create(settings()).publish();
    table.execute(update + "4, sequence = 5, transaction = '1'");
    TablePublisher.create(settings()).publish();
    table.execute(update + "5, time = '2003-05-05T00:00:00Z'"); // Into another partition.
    TablePublisher.create(settings()).publish();
    assertThat(messages().stream().map(m -> m.replaceFirst("a \\d+ ", "")))
        .containsExactly("1000 -1", "2000 0", "3000 10", "4000 11", "5000 12");
  }

  @Test
  void aNewPartitionNeitherHidesNorRepeatsRows() throws Exception {
    String old =
        "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value) VALUES"
            + " ('%s', 'import', 'power', 'kW', '2003-05-05T00:00:00Z', 1)";
    table.execute(old.formatted("sent"));
    TablePublisher.create(settings()).publish();
    table.execute(old.formatted("waiting"));
    table.execute("SELECT wattbeam.ensure_month_partitions('raw_readings', '{2003-05-01}')");
    table.execute(old.formatted("there"));
    TablePublisher.create(settings()).publish();
    assertThat(messages()).hasSize(3).containsExactlyInAnyOrderElementsOf(table.rows());
  }

  @Test
  void passesWrongRowsOnAsTheyAre() throws Exception {
    String values =
        """
        INSERT INTO wattbeam.raw_readings
          (meter, channel, type, unit, time, value, duration_ms, sequence, quality) VALUES
          ('ok "1"', 'import', 'interval', 'Wh', '2024-03-01T00:15:00.25Z', -0.5, 900001, 7, 'raw'),
          (E'a\\nb', 'import', 'power', 'kW', '2024-03-01', 1, NULL, NULL, NULL),
          ('m', 'import', 'power', 'kWh', '2024-03-01', 1, NULL, NULL, NULL),
          ('m', 'import', 'power', 'kW', 'infinity', 1, NULL, NULL, NULL),
          ('m', 'import', 'power', 'kW', '12024-03-01', 1, NULL, NULL, NULL),
          ('m', 'import', 'power', 'kW', '2024-03-01', 'NaN', NULL, NULL, NULL),
          ('m', 'import', 'power', 'kW', '2024-03-01', 1e30, NULL, NULL, NULL),
          ('m', 'import', 'power', 'kW', '2024-03-01', 1, -1, NULL, NULL),
          ('m', 'import', 'power', 'kW', '2024-03-01', 1, NULL, -1, NULL),
          ('m', 'import', 'power', 'kW', '2024-03-01', 1, NULL, NULL, 'good'),
          (repeat('long', 20000), 'import', 'power', 'kW', '2024-03-01', 1, NULL, NULL, NULL)
        """;
    table.execute(values);
    TableSummary summary = TablePublisher.create(settings()).publish();
    assertThat(summary.rejected()).isEqualTo(1);
    assertThat(messages().stream().map(message -> message.replaceFirst(" \\{.*", "")))
        .containsExactlyInAnyOrder(
            "ok \"1\" 1709252100 0 7",
            "INVALID_NAME",
            "UNIT_MISMATCH",
            "INVALID_TIME",
            "INVALID_TIME",
            "INVALID_VALUE",
            "VALUE_OUT_OF_RANGE",
            "INVALID_DURATION",
            "WRONG_FIELD_TYPE",
            "UNKNOWN_QUALITY");
    assertThat(
            table.query(
                "SELECT concat_ws(' ', source, position, code, left(payload, 30))"
                    + " FROM wattbeam.dead_letters"))
        .containsExactly(
            "wattbeam.raw_readings 11 OVERSIZED_MESSAGE {\"schemaVersion\":1,\"meter\":\"lo");
  }

  @Test
  void aTopicThatIsMadeAnewGetsEverything() throws Exception {
    insert(10);
    assertThat(TablePublisher.create(settings()).publish().backfilled()).isEqualTo(10);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(topic)).all().get();
      until(() -> !kafkaHas(admin));
    }
    kafka.createTopic(topic, 1);
    assertThat(TablePublisher.create(settings()).publish().backfilled()).isEqualTo(10);
    assertThat(messages()).hasSize(10);
  }

  private boolean kafkaHas(Admin admin) {
    try {
      return admin.listTopics().names().get().contains(topic);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void onePublisherPerTopicAtATime() throws Exception {
    TablePublisher publisher = TablePublisher.create(continuous());
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<TableSummary> summary = thread.submit(publisher::publish);
    until(() -> !table.query("SELECT topic FROM wattbeam.captures").isEmpty());
    String holder =
        table.query("SELECT pid::text FROM pg_locks WHERE locktype = 'advisory'").get(0);
    assertThatThrownBy(() -> TablePublisher.create(settings()).publish())
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("another program sends raw_readings to topic " + topic)
        .hasMessageContaining("pg_terminate_backend(" + holder + ")");
    publisher.stop();
    summary.get();
    thread.shutdown();
    assertThat(TablePublisher.create(settings()).publish().complete()).isTrue();
  }

  @Test
  void positionsOfAnotherServerAreRefused() throws Exception {
    insert(10);
    TablePublisher.create(settings()).publish();
    table.execute("UPDATE wattbeam.captures SET system_id = 1");
    assertThatThrownBy(() -> TablePublisher.create(settings()).publish())
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("copied from another server")
        .hasMessageContaining("--fromBeginning");
    TablePublisher.create(settings().withFromBeginning(true)).publish();
    assertThat(messages()).hasSize(20);
  }

  @Test
  void theProgramDoesItAll(@TempDir Path folder) throws Exception {
    insert(12);
    Path password = Files.writeString(folder.resolve("password"), table.config().password());
    String[] args = {
      "--source=postgres",
      "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
      "--topic=" + topic + "-new",
      "--create-topic=2",
      "--postgresUrl=" + table.config().url(),
      "--postgresUser=" + table.config().user(),
      "--postgresPasswordFile=" + password
    };
    Result result = run(args);
    assertThat(result.err()).contains("Made topic");
    assertThat(result.out()).startsWith("rows sent 12 = first pass 12 + changes 0 - rejected 0; ");
    assertThat(result.code()).isZero();
    assertThat(run(args).out()).startsWith("rows sent 0 = ");
  }

  @Test
  void theProgramNamesAllWrongOptionsAtOnce() {
    Result result =
        run(
            "--source=postgres",
            "--kafkaBootstrapServers=nonsense",
            "--input=a.csv",
            "--sort",
            "--readers=0",
            "--pollEvery=PT0S");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("--input goes with --source=files only")
        .contains("--sort goes with --source=files only")
        .contains("--readers=0 has to be from 1")
        .contains("--pollEvery=PT0S")
        .contains("--kafkaBootstrapServers")
        .contains("--postgresUrl is missing")
        .doesNotContain("\tat ");
    Result files = run("--kafkaBootstrapServers=a:1", "--continuous");
    assertThat(files.code()).isEqualTo(2);
    assertThat(files.err())
        .contains("--input is missing")
        .contains("--format is missing")
        .contains("--continuous");
  }

  private record Result(int code, String out, String err) {}

  private static Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        PublishReadings.run(
            args,
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private TableSettings settings() {
    return TableSettings.of(table.config(), KafkaConfig.of(kafka.bootstrapServers(), topic));
  }

  private TableSettings continuous() {
    return settings().withPollEvery(Duration.ofMillis(50));
  }

  private List<String> messages() {
    return RawTable.messages(kafka.bootstrapServers(), topic);
  }

  /** Rows of the last days, so of several partitions, with gaps between the ids. */
  private void insert(int rows) {
    table.execute(
        "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value)"
            + " SELECT 'm' || i % 50, 'import', 'power', 'kW',"
            + " date_trunc('second', now()) - i * interval '5 minutes', i / 1000.0"
            + " FROM generate_series(1, "
            + rows
            + ") i");
    table.execute(
        "SELECT count(nextval('wattbeam.raw_readings_id_seq')) FROM generate_series(1, 50000)");
  }

  private static List<String> sorted(List<String> words) {
    return words.stream().sorted().toList();
  }

  private static String row(String meter, int value) {
    return "INSERT INTO wattbeam.raw_readings (meter, channel, type, unit, time, value) VALUES"
        + " ('"
        + meter
        + "', 'import', 'power', 'kW', date_trunc('second', now()), "
        + value
        + ")";
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
