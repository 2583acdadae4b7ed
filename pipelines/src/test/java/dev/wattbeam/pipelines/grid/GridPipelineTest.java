package dev.wattbeam.pipelines.grid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.pipelines.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and an API, through Kafka, to PostgreSQL. */
class GridPipelineTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String ROWS =
      "SELECT area, name, kind, start_time AT TIME ZONE 'UTC', value::float8, stage"
          + " FROM wattbeam.grid_signals ORDER BY 1, 2, 3, 4";

  private static EmbeddedKafka kafka;
  private static EmbeddedPostgres postgres;

  private String topic;
  private PostgresConfig database;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

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
  void make() throws IOException {
    topic = "grid-" + NUMBER.incrementAndGet();
    String url = postgres.createDatabase("grid_" + NUMBER.get());
    database = PostgresConfig.of(url, postgres.user(), postgres.password());
    Migrations.migrate(database);
    PostgresDatabase.createLogin(database, "grid", "secret", "wattbeam_pipeline");
    Files.writeString(folder.resolve("secret"), "secret");
  }

  private int publish(String... more) {
    out.reset();
    err.reset();
    return PublishGridSignals.run(
        Stream.concat(
                Stream.of(
                    "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
                    "--topic=" + topic,
                    "--create-topic=2"),
                Arrays.stream(more))
            .toArray(String[]::new),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  private PipelineResult ingest(boolean bounded, String... more) {
    GridOptions options =
        PipelineOptionsFactory.fromArgs(
                Stream.concat(
                        Stream.of(
                            "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
                            "--kafkaTopic=" + topic,
                            "--kafkaGroupId=" + topic,
                            "--kafkaBounded=" + bounded,
                            "--postgresUrl=" + database.url(),
                            "--postgresUser=grid",
                            "--postgresPasswordFile=" + folder.resolve("secret")),
                        Arrays.stream(more))
                    .toArray(String[]::new))
            .as(GridOptions.class);
    options.setRunner(DirectRunner.class);
    options.as(DirectOptions.class).setBlockOnRun(bounded);
    assertThat(IngestGridSignals.check(options)).isEmpty();
    Pipeline pipeline = Pipeline.create(options);
    IngestGridSignals.build(pipeline, options);
    return pipeline.run();
  }

  private List<String> query(String sql) {
    try (Connection connection = PostgresDatabase.connect(database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path carbon(String... rows) throws IOException {
    return Files.writeString(
        folder.resolve("carbon.csv"),
        "Datetime (UTC),Actual Carbon Intensity (gCO2/kWh),"
            + "Forecast Carbon Intensity (gCO2/kWh),Index\n"
            + String.join("\n", rows)
            + "\n");
  }

  @Test
  void filesArriveOnceAndTheNewestVersionWins() throws Exception {
    Path file =
        carbon(
            "2024-01-01T00:30Z,64,64,low",
            "2024-01-01T00:00Z,63,68,low",
            "2024-01-01T01:00Z,,62,low",
            "2024-01-01T01:30Z,,,",
            "2024-01-01T02:00Z,sixty,65,low");
    String input = "--input=" + file;
    String format = "--format=gb-carbon-csv";
    Path rejected = folder.resolve("rejected.jsonl");
    assertThat(publish(input, format, "--knownAt=2024-01-02T00:00:00Z", "--rejected=" + rejected))
        .as(err.toString(UTF_8))
        .isZero();
    assertThat(out.toString(UTF_8))
        .contains("rows read 5 = published 3 + missing 1 + rejected 1; messages 3");
    assertThat(err.toString(UTF_8)).contains("carbon.csv, line 6: INVALID_VALUE", "sixty");
    assertThat(Files.readString(rejected)).contains("INVALID_VALUE", "publish-grid-signals");

    ingest(true);
    List<String> rows = query(ROWS);
    assertThat(rows)
        .hasSize(8)
        .contains(
            "GB|carbon-intensity|actual|2024-01-01 00:00:00|63|0",
            "GB|carbon-intensity|forecast|2024-01-01 01:00:00|62|0",
            "GB|carbon-index|actual|2024-01-01 00:30:00|2|0");

    String everything = "SELECT g::text FROM wattbeam.grid_signals g ORDER BY 1";
    List<String> before = query(everything);
    assertThat(publish(input, format, "--knownAt=2024-01-02T00:00:00Z")).isZero();
    ingest(true);
    assertThat(query(everything)).as("the same again changes nothing").isEqualTo(before);

    carbon("2024-01-01T00:00Z,99,68,low", "2024-01-01T00:30Z,64,64,low");
    assertThat(publish(input, format, "--knownAt=2024-01-01T12:00:00Z")).isZero();
    ingest(true);
    assertThat(query(everything)).as("an older version changes nothing").isEqualTo(before);
    assertThat(publish(input, format, "--knownAt=2024-01-03T00:00:00Z")).isZero();
    ingest(true);
    assertThat(query(ROWS)).contains("GB|carbon-intensity|actual|2024-01-01 00:00:00|99|0");
    assertThat(
            query(
                "SELECT count(*) FROM wattbeam.grid_signals WHERE updated_at >"
                    + " (SELECT min(updated_at) FROM wattbeam.grid_signals)"))
        .as("only the corrected value counts as changed")
        .containsExactly("1");
  }

  @Test
  void whatIsNoSignalBecomesADeadLetter() {
    kafka.createTopic(topic, 2);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, 0, null, "{\"schemaVersion\":1,\"meter\":\"m\"}"));
      producer.send(new ProducerRecord<>(topic, 1, null, "hello"));
      producer.send(new ProducerRecord<>(topic, 1, null, null));
    }
    ingest(true);
    ingest(true);
    assertThat(
            query(
                "SELECT partition, position, code, pipeline, step, payload"
                    + " FROM wattbeam.dead_letters ORDER BY 1, 2"))
        .containsExactly(
            "0|0|MISSING_FIELD|ingest-grid-signals|ReadGridSignals|{\"schemaVersion\":1,\"meter\":\"m\"}",
            "1|0|MALFORMED_MESSAGE|ingest-grid-signals|ReadGridSignals|hello",
            "1|1|EMPTY_MESSAGE|ingest-grid-signals|ReadGridSignals|");
  }

  @Test
  void theApiIsAskedAndNothingIsSentTwice() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.DAYS);
    String start = now.minus(2, ChronoUnit.HOURS).toString();
    String end = now.minus(90, ChronoUnit.MINUTES).toString();
    List<String> requests = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger actual = new AtomicInteger(77);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            requests.add(exchange.getRequestURI().getPath());
            if (requests.size() == 1) {
              exchange.sendResponseHeaders(500, -1);
              return;
            }
            byte[] body =
                ("{\"data\":[{\"from\":\"%s\",\"to\":\"%s\",\"intensity\":"
                        + "{\"forecast\":80,\"actual\":%d,\"index\":\"low\"}}]}")
                    .formatted(start, end, actual.get())
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    try {
      String[] api = {
        "--apiUrl=http://127.0.0.1:" + server.getAddress().getPort(),
        "--feed=national",
        "--backfill=P2D",
        "--once"
      };
      assertThat(publish(api)).as(err.toString(UTF_8)).isZero();
      assertThat(err.toString(UTF_8)).contains("status 500", "3 values sent");
      assertThat(publish(api)).isZero();
      assertThat(err.toString(UTF_8)).contains("0 values sent");
      actual.set(75);
      assertThat(publish(api)).isZero();
      assertThat(err.toString(UTF_8)).contains("1 values sent");
      assertThat(requests).allMatch(path -> path.startsWith("/intensity/"));
    } finally {
      server.stop(0);
    }
    ingest(true);
    assertThat(query("SELECT name, kind, value::float8 FROM wattbeam.grid_signals ORDER BY 1, 2"))
        .containsExactly(
            "carbon-index|actual|2", "carbon-intensity|actual|75", "carbon-intensity|forecast|80");
  }

  @Test
  void runsForEver() throws Exception {
    Path file = carbon("2024-01-01T00:00Z,63,68,low");
    assertThat(publish("--input=" + file, "--format=gb-carbon-csv")).isZero();
    PipelineResult job = ingest(false);
    try {
      await(3);
      carbon("2024-01-01T00:30Z,63,68,low");
      assertThat(publish("--input=" + file, "--format=gb-carbon-csv")).isZero();
      await(6);
    } finally {
      job.cancel();
    }
  }

  private void await(int rows) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (query(ROWS).size() < rows && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
    assertThat(query(ROWS)).hasSize(rows);
  }

  @Test
  void namesAllThatIsWrongWithTheOptions() {
    assertThat(
            publish(
                "--input=" + folder.resolve("no.csv"),
                "--format=eco",
                "--knownAt=yesterday",
                "--feed=region-19",
                "--every=PT1S",
                "--backfill=P9999D",
                "--apiUrl=carbon"))
        .isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .contains(
            "--input=",
            "\"eco\"",
            "yesterday",
            "region-19",
            "--every=PT1S",
            "P9999D",
            "--apiUrl=carbon");
    assertThatThrownBy(() -> ingest(false, "--kafkaReader=kafkaio"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--kafkaReader=kafkaio does not read grid signals");
  }
}
