package dev.wattbeam.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
  @Test
  void keepsTopicsAndRecordsOverStopAndStart(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("kafka");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(data, 0)) {
      assertThat(kafka.createTopic("readings", 3)).isTrue();
      assertThat(kafka.createTopic("readings", 3)).isFalse();
      send(kafka, "m1", "one");

      kafka.stop();
      kafka.start();
      send(kafka, "m1", "two");
      assertThat(read(kafka, 2)).containsExactly("one", "two");
    }

    try (EmbeddedKafka again = EmbeddedKafka.start(data, 0)) {
      assertThat(again.createTopic("readings", 3)).isFalse();
      assertThat(read(again, 2)).containsExactly("one", "two");
    }
  }

  @Test
  void namesATakenPortAndItsOption(@TempDir Path directory) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("--kafkaPort");
    }
  }

  private static void send(EmbeddedKafka kafka, String key, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>("readings", 1, key, value)).get();
    }
  }

  private static List<String> read(EmbeddedKafka kafka, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("readings", 1);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      for (int polls = 0; values.size() < count && polls < 100; polls++) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
        records.forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
