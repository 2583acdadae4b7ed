package dev.wattbeam.demo.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.RowFlag;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.pipelines.monitor.MonitorOptions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fleet with all defects through Kafka, the whole pipeline and PostgreSQL. */
@Tag("slow")
class FleetServersTest {
  private static final String TOPIC = "readings";

  /** A row of a table; null energy and power where nothing is known. */
  private record Stored(
      long endMillis,
      Long energyMj,
      Double minKw,
      Double maxKw,
      long samples,
      long coveredMillis,
      long expectedMillis,
      String quality,
      String flags,
      long revision) {
    static Stored of(ConsumptionRow row) {
      Consumption c = row.consumption();
      return new Stored(
          row.endMillis(),
          c.known() ? c.energyMj() : null,
          c.known() ? c.minPower() / (double) Energy.NANOS : null,
          c.known() ? c.maxPower() / (double) Energy.NANOS : null,
          c.samples(),
          c.coveredMillis(),
          c.expectedMillis(),
          c.quality().describe(),
          RowFlag.describe(c.flags()),
          c.revision());
    }

    static Stored of(ResultSet row) throws SQLException {
      return new Stored(
          row.getLong("end_ms"),
          row.getObject("energy_mj", Long.class),
          row.getObject("min_kw", Double.class),
          row.getObject("max_kw", Double.class),
          row.getLong("samples"),
          row.getLong("covered_ms"),
          row.getLong("expected_ms"),
          row.getString("quality"),
          row.getString("flags"),
          row.getLong("revision"));
    }
  }

  @Test
  void tablesHoldWhatTheModelSaysAndAReplayChangesNothing() throws Exception {
    Judged judged =
        Judged.run(
            Fleets.bad(21, ZoneId.of("Europe/Paris"), Instant.parse("2024-03-29T12:00:00Z")));
    SortedMap<RowKey, Stored> wanted = new TreeMap<>();
    judged.result().rows().forEach((key, row) -> wanted.put(key, Stored.of(row)));
    try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      PostgresConfig database =
          PostgresConfig.of(postgres.jdbcUrl(), postgres.user(), postgres.password());
      Migrations.migrate(database);
      Fleet fleet = judged.simulator().fleet();
      MeterDirectoryStore.of(database)
          .save(new DirectoryEntries(fleet.meters(), fleet.groups(), fleet.memberships()));
      kafka.createTopic(TOPIC, Judged.PARTITIONS);
      send(kafka, judged.deliveries());

      Map<String, Long> counters = runPipeline(kafka, postgres);

      try (Connection connection = PostgresDatabase.connect(database)) {
        SortedMap<RowKey, Stored> rows = rows(connection);
        assertThat(Fleets.differences(wanted, rows, Stored::equals)).isEmpty();
        assertThat(counters.get("duplicates")).isEqualTo(judged.result().duplicates());
        assertThat(number(connection, "SELECT count(*) FROM wattbeam.late_readings"))
            .isEqualTo(judged.result().late().size());
        assertThat(number(connection, "SELECT sum(samples) FROM wattbeam.intervals"))
            .isEqualTo(judged.result().accepted());
        assertThat(deadLetters(connection)).isEqualTo(judged.deadLetters());
        assertThat(latest(connection)).isEqualTo(latest(judged));
        assertThat(judged.truth().check(asRows(rows)).differences()).isEmpty();

        runPipeline(kafka, postgres);

        assertThat(rows(connection)).isEqualTo(rows);
        assertThat(deadLetters(connection)).isEqualTo(judged.deadLetters());
      }
    }
  }

  private static void send(EmbeddedKafka kafka, List<Delivery> deliveries) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Delivery delivery : deliveries) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    TOPIC,
                    Judged.partition(delivery),
                    delivery.deliveryTimeMillis(),
                    delivery.key().getBytes(StandardCharsets.UTF_8),
                    delivery.payload())));
      }
      producer.flush();
    }
    for (Future<RecordMetadata> message : sent) {
      assertThat(message.get().hasOffset()).isTrue();
    }
  }

  /** Runs over what the topic holds, with the lateness that is the default. */
  private static Map<String, Long> runPipeline(EmbeddedKafka kafka, EmbeddedPostgres postgres) {
    MonitorOptions options =
        PipelineOptionsFactory.fromArgs(
                "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
                "--kafkaTopic=" + TOPIC,
                "--kafkaBounded=true",
                "--kafkaMaxPollRecords=700",
                "--postgresUrl=" + postgres.jdbcUrl(),
                "--postgresUser=" + postgres.user(),
                "--postgresPasswordFile=" + postgres.passwordFile())
            .withValidation()
            .as(MonitorOptions.class);
    Pipeline pipeline = Pipeline.create(options);
    MonitorConsumption.build(pipeline, options);
    PipelineResult result = pipeline.run();
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    Map<String, Long> counters = new TreeMap<>();
    for (MetricResult<Long> counter :
        result.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      counters.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
    }
    return counters;
  }

  private static SortedMap<RowKey, Stored> rows(Connection connection) throws SQLException {
    SortedMap<RowKey, Stored> rows = new TreeMap<>();
    for (OwnerKind kind : OwnerKind.values()) {
      for (Level level : Level.values()) {
        boolean meter = kind == OwnerKind.METER;
        String query =
            String.format(
                Locale.ROOT,
                "SELECT %s AS owner, *, (extract(epoch FROM start_time) * 1000)::bigint AS"
                    + " start_ms, (extract(epoch FROM end_time) * 1000)::bigint AS end_ms FROM"
                    + " wattbeam.%s%ss",
                meter ? "meter" : "grp",
                meter ? "" : "group_",
                level.code());
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery(query)) {
          while (row.next()) {
            rows.put(
                new RowKey(
                    kind,
                    row.getString("owner"),
                    row.getString("channel"),
                    level,
                    row.getLong("start_ms")),
                Stored.of(row));
          }
        }
      }
    }
    return rows;
  }

  /** As far as the simulator's truth looks at rows: energy and covered time. */
  private static List<ConsumptionRow> asRows(SortedMap<RowKey, Stored> stored) {
    List<ConsumptionRow> rows = new ArrayList<>();
    stored.forEach(
        (key, row) ->
            rows.add(
                new ConsumptionRow(
                    key.ownerKind(),
                    key.owner(),
                    key.channel(),
                    key.level(),
                    key.startMillis(),
                    row.endMillis(),
                    new Consumption(
                        row.energyMj() == null ? 0 : row.energyMj(),
                        row.coveredMillis(),
                        row.expectedMillis(),
                        0,
                        0,
                        row.samples(),
                        0,
                        QualityMix.NONE,
                        row.revision()))));
    return rows;
  }

  private static Map<DeadLetterCode, Long> deadLetters(Connection connection) throws SQLException {
    Map<DeadLetterCode, Long> counts = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT code, count(*) FROM wattbeam.dead_letters GROUP BY code")) {
      while (row.next()) {
        counts.put(DeadLetterCode.valueOf(row.getString(1)), row.getLong(2));
      }
    }
    return counts;
  }

  private static List<String> latest(Connection connection) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT meter, channel, (extract(epoch FROM time) * 1000)::bigint,"
                    + " (value * 1000000000)::bigint, sequence, quality"
                    + " FROM wattbeam.latest_values ORDER BY meter, channel")) {
      while (row.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
          fields.add(row.getString(i));
        }
        values.add(String.join(" ", fields));
      }
    }
    return values;
  }

  private static List<String> latest(Judged judged) {
    return judged.result().latest().values().stream()
        .map(
            r ->
                String.join(
                    " ",
                    r.meter(),
                    r.channel(),
                    String.valueOf(r.timeMillis()),
                    String.valueOf(r.value()),
                    String.valueOf(r.sequence()),
                    r.quality().code()))
        .toList();
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
