package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.SourceTestUtils;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Broker.Extension.class)
class KafkaRangeSourceTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  private static KafkaRangeSource<KafkaPoll> source(KafkaConfig config) {
    return new KafkaRangeSource<>(
        config.withBounded(true), Readings.LIMITS, new ReadingPolls(Readings.LIMITS, "test"));
  }

  private static List<Reading> read(KafkaRangeSource<KafkaPoll> source) throws IOException {
    List<Reading> readings = new ArrayList<>();
    try (KafkaRangeReader<KafkaPoll> reader = source.createReader(OPTIONS)) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        KafkaPoll poll = reader.getCurrent();
        for (int i = 0; i < poll.readings().size(); i++) {
          readings.add(poll.readings().reading(i));
        }
      }
      assertThat(reader.getFractionConsumed()).isEqualTo(1.0);
    }
    return readings;
  }

  @Test
  void readsWhatIsThereAtTheSplit(Broker broker) throws Exception {
    String topic = broker.topic(3);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 500)));
    broker.send(topic, 2, Readings.messages(Readings.powers("m2", 0, 300)));
    KafkaRangeSource<KafkaPoll> source = source(broker.config(topic).withMaxPollRecords(77));
    List<KafkaRangeSource<KafkaPoll>> splits = source.split(1, OPTIONS);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 500, 600)));
    assertThat(splits).hasSize(2);
    assertThat(read(splits.get(0))).isEqualTo(Readings.powers("m0", 0, 500));
    assertThat(read(splits.get(1))).isEqualTo(Readings.powers("m2", 0, 300));
    assertThat(splits.get(0).getEstimatedSizeBytes(OPTIONS)).isEqualTo(500 * 140);
    assertThat(read(source)).hasSize(900);
  }

  @Test
  void sharesAreOfTheSizeThatIsAskedFor(Broker broker) throws Exception {
    String topic = broker.topic(4);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 100)));
    broker.send(topic, 1, Readings.messages(Readings.powers("m1", 0, 300)));
    broker.send(topic, 3, Readings.messages(Readings.powers("m3", 0, 200)));
    KafkaRangeSource<KafkaPoll> source = source(broker.config(topic));
    List<KafkaRangeSource<KafkaPoll>> halves = source.split(300 * 140, OPTIONS);
    assertThat(halves).hasSize(2);
    assertThat(read(halves.get(0))).isEqualTo(Readings.powers("m1", 0, 300));
    List<Reading> others = new ArrayList<>(Readings.powers("m0", 0, 100));
    others.addAll(Readings.powers("m3", 0, 200));
    assertThat(read(halves.get(1))).containsExactlyInAnyOrderElementsOf(others);
    assertThat(source.split(Long.MAX_VALUE, OPTIONS)).hasSize(1);
    assertThat(source.split(0, OPTIONS)).hasSize(3);
  }

  @Test
  void clocksBeginAnew(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 20)));
    try (KafkaRangeReader<KafkaPoll> reader =
        source(broker.config(topic).withMaxPollRecords(10)).createReader(OPTIONS)) {
      assertThat(reader.start()).isTrue();
      assertThat(reader.getCurrent().readings().clockMillis()).isEqualTo(Long.MIN_VALUE);
      assertThat(reader.advance()).isTrue();
      assertThat(reader.getCurrent().readings().clockMillis()).isEqualTo(Readings.START + 9_000);
      assertThat(reader.advance()).isFalse();
    }
  }

  @Test
  void clocksGoOnFromTheMiddle(Broker broker) throws Exception {
    String topic = broker.topic(2);
    KafkaConfig config = broker.config(topic).withStart(KafkaConfig.KafkaStart.COMMITTED);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 20)));
    broker.send(topic, 1, Readings.messages(Readings.powers("m1", 0, 20)));
    broker.commit(config.groupId(), topic, 0, StartClocks.toCommit(15, Readings.START + 70_000));
    broker.commit(config.groupId(), topic, 1, new OffsetAndMetadata(15));
    try (KafkaRangeReader<KafkaPoll> reader = source(config).createReader(OPTIONS)) {
      List<Long> clocks = new ArrayList<>();
      for (boolean more = reader.start(); more; more = reader.advance()) {
        assertThat(reader.getCurrent().readings().size()).isEqualTo(5);
        clocks.add(reader.getCurrent().readings().clockMillis());
      }
      assertThat(clocks)
          .containsExactlyInAnyOrder(Readings.START + 70_000, Readings.START + 14_000);
    }
  }

  @Test
  void anEmptyTopicEnds(Broker broker) throws Exception {
    KafkaRangeSource<KafkaPoll> source = source(broker.config(broker.topic(2)));
    List<KafkaRangeSource<KafkaPoll>> splits = source.split(1, OPTIONS);
    assertThat(splits).hasSize(1);
    assertThat(read(splits.get(0))).isEmpty();
    assertThat(read(source)).isEmpty();
  }

  @Test
  void endsAtAbortedMessagesAndMarkers(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("a", 0, 5)), true);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("b", 5, 10)), false);
    assertThat(read(source(broker.config(topic)))).isEqualTo(Readings.powers("a", 0, 5));
  }

  @Test
  void onlyAbortedMessages(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.sendInTransaction(topic, 0, Readings.messages(Readings.powers("b", 5, 10)), false);
    assertThat(read(source(broker.config(topic)))).isEmpty();
  }

  @Test
  void beginsAfterWhatRetentionHasDeleted(Broker broker) throws Exception {
    String topic = broker.topic(2, Map.of());
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    broker.send(topic, 1, Readings.messages(Readings.powers("m1", 0, 10)));
    KafkaRangeSource<KafkaPoll> before = source(broker.config(topic));
    List<KafkaRangeSource<KafkaPoll>> splits = before.split(1, OPTIONS);
    broker.deleteBefore(topic, 0, 4);
    broker.deleteBefore(topic, 1, 10);
    // Split before the deletion and after it.
    assertThat(read(splits.get(0))).isEqualTo(Readings.powers("m0", 4, 10));
    assertThat(read(splits.get(1))).isEmpty();
    assertThat(read(source(broker.config(topic)))).isEqualTo(Readings.powers("m0", 4, 10));
  }

  @Test
  void neverCommits(Broker broker) throws Exception {
    String topic = broker.topic(1);
    KafkaConfig config = broker.config(topic);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 10)));
    assertThat(read(source(config))).hasSize(10);
    assertThat(broker.committed(config.groupId())).isEmpty();
  }

  @Test
  void keepsBeamsRulesForSources(Broker broker) throws Exception {
    String topic = broker.topic(1);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 100)));
    KafkaRangeSource<KafkaPoll> source = source(broker.config(topic));
    assertThat(SourceTestUtils.readFromSource(source, OPTIONS)).hasSize(1);
    SourceTestUtils.assertSourcesEqualReferenceSource(source, source.split(1, OPTIONS), OPTIONS);
    SourceTestUtils.assertUnstartedReaderReadsSameAsItsSource(
        source.createReader(OPTIONS), OPTIONS);
  }
}
