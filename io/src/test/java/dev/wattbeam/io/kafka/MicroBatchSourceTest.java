package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Broker.Extension.class)
class MicroBatchSourceTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  /** What one micro-batch of one partition gave. */
  private record Batch(List<Reading> readings, MicroBatchMark mark) {}

  private static List<MicroBatchSource> split(KafkaConfig config) throws IOException {
    return new MicroBatchSource(config, Readings.LIMITS, "test").split(1, OPTIONS);
  }

  /** One micro-batch, in the order of calls that Spark's runner makes. */
  private static Batch batch(MicroBatchReader reader, boolean first) throws IOException {
    List<Reading> readings = new ArrayList<>();
    boolean found = first ? reader.start() || reader.advance() : reader.advance();
    while (found) {
      KafkaPoll poll = reader.getCurrent();
      for (int i = 0; i < poll.readings().size(); i++) {
        readings.add(poll.readings().reading(i));
      }
      found = reader.advance();
    }
    reader.getCheckpointMark().finalizeCheckpoint();
    byte[] kept =
        CoderUtils.encodeToByteArray(MicroBatchMarkCoder.of(), reader.getCheckpointMark());
    return new Batch(readings, CoderUtils.decodeFromByteArray(MicroBatchMarkCoder.of(), kept));
  }

  @Test
  void eachPartitionIsASplit(Broker broker) throws Exception {
    assertThat(split(broker.config(broker.topic(3)))).hasSize(3);
  }

  @Test
  void aMicroBatchThatIsComputedAgainHasTheSameMessages(Broker broker) throws Exception {
    String topic = broker.topic(1);
    MicroBatchSource source = split(broker.config(topic)).get(0);
    List<Reading> all = Readings.powers("m1", 0, 60);
    MicroBatchReader reader = source.createReader(OPTIONS, null);
    broker.send(topic, 0, Readings.messages(all.subList(0, 10)));
    Batch nothing = batch(reader, true);
    assertThat(nothing.readings()).isEmpty();

    broker.send(topic, 0, Readings.messages(all.subList(10, 25)));
    Batch first = batch(reader, false);
    assertThat(first.readings()).isEqualTo(all.subList(0, 10));
    broker.send(topic, 0, Readings.messages(all.subList(25, 60)));
    Batch second = batch(reader, false);
    assertThat(second.readings()).isEqualTo(all.subList(10, 25));
    Batch third = batch(reader, false);
    assertThat(third.readings()).isEqualTo(all.subList(25, 60));
    assertThat(batch(reader, false).readings()).isEmpty();
    reader.close();

    MicroBatchReader again = source.createReader(OPTIONS, nothing.mark());
    assertThat(batch(again, true)).isEqualTo(first);
    again.close();
    again = source.createReader(OPTIONS, first.mark());
    assertThat(batch(again, true)).isEqualTo(second);
    assertThat(batch(again, false)).isEqualTo(third);
    again.close();
    again = source.createReader(OPTIONS, null);
    assertThat(batch(again, true)).isEqualTo(nothing);
    assertThat(batch(again, false)).isEqualTo(first);
    again.close();
  }

  @Test
  void anotherJobBeginsAnew(Broker broker) throws Exception {
    String topic = broker.topic(1);
    List<Reading> all = Readings.powers("m1", 0, 10);
    broker.send(topic, 0, Readings.messages(all));
    for (int job = 0; job < 2; job++) {
      MicroBatchReader reader = split(broker.config(topic)).get(0).createReader(OPTIONS, null);
      assertThat(batch(reader, true).readings()).isEmpty();
      assertThat(batch(reader, false).readings()).isEqualTo(all);
      reader.close();
    }
  }

  @Test
  void aMicroBatchWhoseEndIsForgottenIsAnError(Broker broker) throws Exception {
    String topic = broker.topic(1);
    MicroBatchSource source = split(broker.config(topic)).get(0);
    MicroBatchReader reader = source.createReader(OPTIONS, null);
    MicroBatchMark old = batch(reader, true).mark();
    for (int i = 0; i <= MicroBatchPlan.MEMORY; i++) {
      batch(reader, false);
    }
    reader.close();
    MicroBatchReader again = source.createReader(OPTIONS, old);
    assertThatThrownBy(() -> batch(again, true))
        .hasMessageContaining("Micro-batch 1 of " + topic + "-0")
        .hasMessageContaining("--kafkaStart=earliest");
    again.close();
  }

  @Test
  void plansAreText() {
    MicroBatchPlan plan = MicroBatchPlan.begin("job-1", 1_000_000);
    assertThat(MicroBatchPlan.parse(plan.text())).isEqualTo(plan);
    for (int i = 0; i < 3 * MicroBatchPlan.MEMORY; i++) {
      plan = plan.with(1_000_000 + i / 2 * (long) MicroBatchReader.MOST_MESSAGES);
    }
    assertThat(MicroBatchPlan.parse(plan.text())).isEqualTo(plan);
    assertThat(plan.text().length()).isLessThan(2_000);
    assertThat(plan.first()).isEqualTo(2 * MicroBatchPlan.MEMORY);
    assertThat(plan.end(plan.first() - 1)).isEmpty();
    assertThat(plan.end(plan.first())).hasValue(1_000_000 + plan.first() / 2 * 100_000);
    assertThat(plan.continuesWith(3 * MicroBatchPlan.MEMORY)).isTrue();
  }

  @Test
  void offsetsAreCommittedOneMicroBatchLater(Broker broker) throws Exception {
    String topic = broker.topic(1);
    KafkaConfig config = broker.config(topic);
    MicroBatchReader reader = split(config).get(0).createReader(OPTIONS, null);
    broker.send(topic, 0, Readings.messages(Readings.powers("m1", 0, 10)));
    batch(reader, true);
    batch(reader, false);
    batch(reader, false);
    reader.close();
    assertThat(broker.committed(config.groupId()).get(new TopicPartition(topic, 0)).offset())
        .isEqualTo(10);
  }

  @Test
  void aMicroBatchIsBounded(Broker broker) throws Exception {
    String topic = broker.topic(1);
    int count = MicroBatchReader.MOST_MESSAGES + 5;
    broker.send(topic, 0, Readings.messages(Readings.powers("m1", 0, count)));
    MicroBatchReader reader = split(broker.config(topic)).get(0).createReader(OPTIONS, null);
    batch(reader, true);
    assertThat(batch(reader, false).readings()).hasSize(MicroBatchReader.MOST_MESSAGES);
    assertThat(batch(reader, false).readings()).hasSize(5);
    reader.close();
  }
}
