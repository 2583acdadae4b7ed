package dev.wattbeam.pipelines.publish;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A database with {@code raw_readings} of its own, and what of it is in a topic. */
final class RawTable {
  private static final String USER = "capture";
  private static final String PASSWORD = "a secret";

  private final PostgresConfig owner;

  private RawTable(PostgresConfig owner) {
    this.owner = owner;
  }

  static RawTable create(EmbeddedPostgres server, String name) {
    PostgresConfig owner =
        PostgresConfig.of(server.createDatabase(name), server.user(), server.password());
    Migrations.migrate(owner);
    PostgresDatabase.createLogin(owner, USER, PASSWORD, "wattbeam_pipeline");
    return new RawTable(owner);
  }

  /** As the program connects: with the rights of the pipelines and nothing more. */
  PostgresConfig config() {
    return owner.withUser(USER, PASSWORD);
  }

  Connection connect() throws SQLException {
    return PostgresDatabase.connect(config());
  }

  void execute(String sql) {
    execute(config(), sql);
  }

  void executeAsOwner(String sql) {
    execute(owner, sql);
  }

  private static void execute(PostgresConfig config, String sql) {
    try (Connection connection = PostgresDatabase.connect(config);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Each row as one word: meter, seconds of the time, value, sequence. */
  List<String> rows() {
    return query(
        "SELECT concat_ws(' ', meter, extract(epoch from time)::bigint,"
            + " trunc(value * 1000)::bigint, coalesce(sequence, -1)) FROM wattbeam.raw_readings");
  }

  List<String> query(String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Each message as one word, as {@link #rows} has them; a bad one is its code. */
  static List<String> messages(String servers, String topic) {
    ReadingJson json = new ReadingJson();
    List<String> words = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> message : content(servers, topic)) {
      if (!json.parse(message.value())) {
        words.add(json.code() + " " + new String(message.value(), StandardCharsets.UTF_8));
      } else {
        words.add(
            String.join(
                " ",
                message.key(),
                String.valueOf(json.timeMillis() / 1_000),
                String.valueOf(json.reading().value() / 1_000_000),
                String.valueOf(json.reading().sequence())));
      }
    }
    return words;
  }

  private static List<ConsumerRecord<String, byte[]>> content(String servers, String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }
}
