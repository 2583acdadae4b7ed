package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Broker.Extension.class)
class StartClocksTest {
  private static final long NONE = PartitionClocks.NONE;

  private static long clock(int second) {
    return Readings.START + second * 1_000L;
  }

  /** Clocks by partition, for starts by partition. */
  private static Map<Integer, Long> find(KafkaConfig config, Map<Integer, Long> starts)
      throws IOException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    starts.forEach((p, offset) -> offsets.put(new TopicPartition(config.topic(), p), offset));
    try (Consumer<Void, byte[]> consumer = Consumers.open(config)) {
      Map<Integer, Long> clocks = new HashMap<>();
      StartClocks.find(config, Readings.LIMITS, consumer, offsets)
          .forEach((partition, clock) -> clocks.put(partition.partition(), clock));
      assertThat(consumer.assignment()).isEmpty();
      return clocks;
    }
  }

  @Test
  void theMetadataIsReadBack() {
    OffsetAndMetadata offset = StartClocks.toCommit(7, Readings.START + 15);
    assertThat(offset)
        .isEqualTo(new OffsetAndMetadata(7, "wattbeam/1 clock=2024-03-01T00:00:00.015Z"));
    assertThat(StartClocks.committed(offset)).hasValue(Readings.START + 15);
    assertThat(StartClocks.toCommit(7, NONE).metadata()).isEqualTo("wattbeam/1 clock=none");
    assertThat(StartClocks.committed(StartClocks.toCommit(7, NONE))).hasValue(NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "checked by Ann",
        "clock=2024-03-01T00:00:00Z",
        "wattbeam/1 clock=",
        "wattbeam/1 clock=noon",
        "wattbeam/1 clock=+999999999-12-31T23:59:59Z",
        "wattbeam/2 clock=2024-03-01T00:00:00Z"
      })
  void otherMetadataSaysNothing(String metadata) {
    assertThat(StartClocks.committed(new OffsetAndMetadata(7, metadata)))
        .isEqualTo(OptionalLong.empty());
  }

  @Test
  void aCommittedClockHoldsForItsOffsetOnly(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    KafkaConfig committed = broker.config(topic).withStart(KafkaConfig.KafkaStart.COMMITTED);
    broker.commit(committed.groupId(), topic, 0, StartClocks.toCommit(6, clock(500)));
    assertThat(find(committed, Map.of(0, 6L))).isEqualTo(Map.of(0, clock(500)));
    assertThat(find(committed, Map.of(0, 7L))).isEqualTo(Map.of(0, clock(6)));
    assertThat(find(broker.config(topic), Map.of(0, 6L))).isEqualTo(Map.of(0, clock(5)));
  }

  @Test
  void looksBackInAllPartitionsBeforeTheStart(Broker broker) throws Exception {
    String topic = broker.topic(4);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    broker.send(
        topic, 1, Readings.messages(List.of(Readings.power("m1", 90), Readings.power("m1", 5))));
    broker.send(topic, 2, Readings.messages(Readings.powers("m2", 0, 10)));
    assertThat(find(broker.config(topic), Map.of(0, 4L, 1, 2L, 2, 0L, 3, 0L)))
        .isEqualTo(Map.of(0, clock(3), 1, clock(90), 2, NONE, 3, NONE));
  }

  @Test
  void looksBackOverSoManyMessagesOnly(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", 50_000)));
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", 40_000)));
    List<Reading> later = Readings.powers("m0", 0, StartClocks.LOOK_BACK);
    broker.send(topic, 0, Readings.messages(later));
    KafkaConfig config = broker.config(topic);
    long end = later.size() + 2;
    assertThat(find(config, Map.of(0, end - 2))).isEqualTo(Map.of(0, clock(50_000)));
    assertThat(find(config, Map.of(0, end - 1))).isEqualTo(Map.of(0, clock(40_000)));
    assertThat(find(config, Map.of(0, end))).isEqualTo(Map.of(0, clock(later.size() - 1)));
  }

  @Test
  void onlyWhatMovesAClockCounts(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", 5)));
    broker.send(topic, 0, ReadingJson.write(Readings.power("m0", Integer.MAX_VALUE)));
    broker.send(topic, 0, "rubbish".getBytes(StandardCharsets.UTF_8));
    broker.send(topic, 0, (byte[]) null);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("a", 70, 80)), false);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("b", 7, 9)), true);
    // 4 messages, 10 aborted ones and a marker, 2 messages and a marker.
    assertThat(find(broker.config(topic), Map.of(0, 15L))).isEqualTo(Map.of(0, clock(5)));
    assertThat(find(broker.config(topic), Map.of(0, 18L))).isEqualTo(Map.of(0, clock(8)));
  }

  @Test
  void whatRetentionHasDeletedCannotBeKnown(Broker broker) throws Exception {
    String topic = broker.topic(3);
    for (int p = 0; p < 3; p++) {
      broker.send(topic, p, ReadingJson.write(Readings.power("m" + p, 90)));
      broker.send(topic, p, Readings.messages(Readings.powers("m" + p, 1, 10)));
      broker.deleteBefore(topic, p, 4);
    }
    assertThat(find(broker.config(topic), Map.of(0, 6L, 1, 4L, 2, 2L)))
        .isEqualTo(Map.of(0, clock(5), 1, NONE, 2, NONE));
  }

  @Test
  void anOffsetBeyondTheEndIsNotWaitedFor(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    assertThat(find(broker.config(topic), Map.of(0, 77L))).isEqualTo(Map.of(0, clock(9)));
  }
}
