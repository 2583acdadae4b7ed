package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Broker.Extension.class)
class KafkaTopicsTest {
  @Test
  void countsThePartitions(Broker broker) {
    assertThat(KafkaTopics.check(broker.config(broker.topic(3)))).isEqualTo(3);
  }

  @Test
  void aMissingTopicIsNamedWithSimilarOnesAndTheWayToMakeIt(Broker broker) {
    String topic = broker.topic(1);
    String missing = topic.replace("readings", "reading");
    assertThatThrownBy(() -> KafkaTopics.check(broker.config(missing)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no topic '" + missing + "'")
        .hasMessageContaining(topic)
        .hasMessageContaining("--create --topic " + missing);
    assertThat(broker.topics()).doesNotContain(missing);
  }

  @Test
  void aBrokerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String servers = "127.0.0.1:" + port;
    long start = System.nanoTime();
    assertThatThrownBy(() -> KafkaTopics.check(KafkaConfig.of(servers, "readings")))
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("cannot be reached at " + servers)
        .hasMessageContaining("--kafkaBootstrapServers");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void aHostThatDoesNotExistIsNamed() {
    assertThatThrownBy(() -> KafkaTopics.check(KafkaConfig.of("no-such-host.invalid:9092", "r")))
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("no-such-host.invalid:9092");
  }

  @Test
  void suggestsOnlySimilarNames() {
    assertThat(
            KafkaTopics.similar(
                "reading", List.of("readings", "raeding", "__consumer_offsets", "prices")))
        .containsExactly("readings", "raeding");
  }
}
