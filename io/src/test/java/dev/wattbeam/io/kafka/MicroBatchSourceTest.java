package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.coders.Coder;
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

  /** What Spark's runner does for one micro-batch of a split, with a reader that it keeps. */
  private static final class Worker {
    private final MicroBatchSource source;
    private MicroBatchReader reader;

    Worker(MicroBatchSource source) {
      this.source = source;
    }

    Batch compute(MicroBatchMark before) throws IOException {
      Coder<MicroBatchMark> coder = source.getCheckpointMarkCoder();
      MicroBatchMark mark =
          before == null
              ? null
              : CoderUtils.decodeFromByteArray(
                  coder, CoderUtils.encodeToByteArray(MicroBatchMarkCoder.of(), before));
      boolean started = reader != null;
      if (!started) {
        reader = source.createReader(OPTIONS, mark);
      }
      List<Reading> readings = new ArrayList<>();
      boolean found = !started && reader.start() || reader.advance();
      while (found) {
        KafkaPoll poll = reader.getCurrent();
        for (int i = 0; i < poll.readings().size(); i++) {
          readings.add(poll.readings().reading(i));
        }
        found = reader.advance();
      }
      reader.getCheckpointMark().finalizeCheckpoint();
      return new Batch(readings, reader.getCheckpointMark());
    }
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
    Worker worker = new Worker(source);
    broker.send(topic, 0, Readings.messages(all.subList(0, 10)));
    Batch nothing = worker.compute(null);
    assertThat(nothing.readings()).isEmpty();

    broker.send(topic, 0, Readings.messages(all.subList(10, 25)));
    Batch first = worker.compute(nothing.mark());
    assertThat(first.readings()).isEqualTo(all.subList(0, 10));
    broker.send(topic, 0, Readings.messages(all.subList(25, 60)));
    Batch second = worker.compute(first.mark());
    assertThat(second.readings()).isEqualTo(all.subList(10, 25));
    Batch third = worker.compute(second.mark());
    assertThat(third.readings()).isEqualTo(all.subList(25, 60));
    assertThat(worker.compute(third.mark()).readings()).isEmpty();

    // By a worker that has gone on, and by a new one.
    for (Worker again : List.of(worker, new Worker(source))) {
      assertThat(again.compute(second.mark())).isEqualTo(third);
      assertThat(again.compute(nothing.mark())).isEqualTo(first);
      assertThat(again.compute(first.mark())).isEqualTo(second);
      assertThat(again.compute(null)).isEqualTo(nothing);
    }
  }

  @Test
  void aMicroBatchThatWasNotReadHasNoEnd(Broker broker) throws Exception {
    MicroBatchSource source = split(broker.config(broker.topic(1))).get(0);
    Worker worker = new Worker(source);
    MicroBatchMark mark = worker.compute(null).mark();
    CoderUtils.clone(source.getCheckpointMarkCoder(), mark);
    assertThatThrownBy(worker.reader::getCheckpointMark)
        .hasMessageContaining("--minReadTimeMillis");
  }

  @Test
  void anotherRunnerIsRefused(Broker broker) throws Exception {
    MicroBatchReader reader =
        split(broker.config(broker.topic(1))).get(0).createReader(OPTIONS, null);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(catchThrowable(reader::start)));
    thread.start();
    thread.join();
    assertThat(thrown.get()).hasMessageContaining("streaming on Spark only");
  }

  @Test
  void anotherJobBeginsAnew(Broker broker) throws Exception {
    String topic = broker.topic(1);
    List<Reading> all = Readings.powers("m1", 0, 10);
    broker.send(topic, 0, Readings.messages(all));
    for (int job = 0; job < 2; job++) {
      Worker worker = new Worker(split(broker.config(topic)).get(0));
      Batch nothing = worker.compute(null);
      assertThat(nothing.readings()).isEmpty();
      assertThat(worker.compute(nothing.mark()).readings()).isEqualTo(all);
    }
  }

  @Test
  void aMicroBatchWhoseEndIsForgottenIsAnError(Broker broker) throws Exception {
    String topic = broker.topic(1);
    Worker worker = new Worker(split(broker.config(topic)).get(0));
    MicroBatchMark old = worker.compute(null).mark();
    MicroBatchMark mark = old;
    for (int i = 0; i <= MicroBatchPlan.MEMORY; i++) {
      mark = worker.compute(mark).mark();
    }
    assertThatThrownBy(() -> worker.compute(old))
        .hasMessageContaining("Micro-batch 1 of " + topic + "-0")
        .hasMessageContaining("--kafkaStart=earliest");
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
    Worker worker = new Worker(split(config).get(0));
    broker.send(topic, 0, Readings.messages(Readings.powers("m1", 0, 10)));
    MicroBatchMark mark = null;
    for (int i = 0; i < 3; i++) {
      mark = worker.compute(mark).mark();
    }
    assertThat(broker.committed(config.groupId()).get(new TopicPartition(topic, 0)).offset())
        .isEqualTo(10);
  }

  @Test
  void aMicroBatchIsBounded(Broker broker) throws Exception {
    String topic = broker.topic(1);
    int count = MicroBatchReader.MOST_MESSAGES + 5;
    broker.send(topic, 0, Readings.messages(Readings.powers("m1", 0, count)));
    Worker worker = new Worker(split(broker.config(topic)).get(0));
    Batch full = worker.compute(worker.compute(null).mark());
    assertThat(full.readings()).hasSize(MicroBatchReader.MOST_MESSAGES);
    assertThat(worker.compute(full.mark()).readings()).hasSize(5);
  }
}
