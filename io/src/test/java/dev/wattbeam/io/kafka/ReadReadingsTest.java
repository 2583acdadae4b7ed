package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole step, on the Direct runner, against a real broker. */
@ExtendWith(Broker.Extension.class)
class ReadReadingsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Where pipelines of this JVM put their elements, by the test's own key. */
  private static final Map<String, Collection<Object>> SEEN = new ConcurrentHashMap<>();

  private static final class CollectFn<T> extends DoFn<T, Void> {
    private static final long serialVersionUID = 1L;
    private final String key;

    private CollectFn(String key) {
      this.key = key;
    }

    @ProcessElement
    public void process(@Element T element) {
      SEEN.computeIfAbsent(key, k -> new ConcurrentLinkedQueue<>()).add(element);
    }
  }

  private static final class Run {
    private final String key = UUID.randomUUID().toString();
    private PipelineResult result;

    private static Run of(KafkaConfig config) {
      return of(config, 2);
    }

    private static Run of(KafkaConfig config, int parallelism) {
      Run run = new Run();
      DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
      options.setBlockOnRun(false);
      options.setTargetParallelism(parallelism);
      Pipeline pipeline = Pipeline.create(options);
      PCollection<ReadingBatch> read =
          pipeline.apply("ReadReadings", ReadReadings.from(config, Readings.LIMITS, "test"));
      read.apply("Batches", ParDo.of(new CollectFn<ReadingBatch>(run.key + "batches")));
      // Fires only when the watermark passes the first window: elements begin at its lowest end.
      read.apply(Window.into(FixedWindows.of(org.joda.time.Duration.standardMinutes(1))))
          .apply(WithKeys.of("all"))
          .apply(Count.perKey())
          .apply(Values.create())
          .apply("Counts", ParDo.of(new CollectFn<Long>(run.key + "counts")));
      run.result = pipeline.run();
      return run;
    }

    @SuppressWarnings("unchecked")
    private <T> List<T> seen(String what) {
      return new ArrayList<>((Collection<T>) SEEN.getOrDefault(key + what, List.of()));
    }

    private List<Reading> readings() {
      List<Reading> readings = new ArrayList<>();
      for (ReadingBatch batch : this.<ReadingBatch>seen("batches")) {
        for (int i = 0; i < batch.size(); i++) {
          readings.add(batch.reading(i));
        }
      }
      return readings;
    }

    /** The clock against which each reading is judged, by where it comes from. */
    private Map<Origin, Long> clocks() {
      Map<Origin, Long> clocks = new HashMap<>();
      for (ReadingBatch batch : this.<ReadingBatch>seen("batches")) {
        long clock = batch.clockMillis();
        for (int i = 0; i < batch.size(); i++) {
          clocks.put(batch.origin(i), clock);
          clock = Math.max(clock, batch.time(i));
        }
      }
      return clocks;
    }

    private List<DeadLetter> letters() {
      return this.<ReadingBatch>seen("batches").stream()
          .flatMap(batch -> batch.rejected().stream())
          .toList();
    }

    private void until(Predicate<Run> condition) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.test(this)) {
        assertThat(System.nanoTime()).as("in time").isLessThan(end);
        assertThat(result.getState()).isIn(PipelineResult.State.RUNNING, PipelineResult.State.DONE);
        Thread.sleep(20);
      }
    }

    private long counter(String name) {
      long sum = 0;
      for (MetricResult<Long> counter :
          result
              .metrics()
              .queryMetrics(
                  MetricsFilter.builder()
                      .addNameFilter(MetricNameFilter.named(ReadReadings.METRICS, name))
                      .build())
              .getCounters()) {
        sum += counter.getAttempted();
      }
      return sum;
    }

    private void stop() throws IOException {
      if (!result.getState().isTerminal()) {
        result.cancel();
      }
      SEEN.keySet().removeIf(k -> k.startsWith(key));
    }
  }

  /** Three partitions: one with readings and rubbish, one with few readings, one never used. */
  private static String mixedTopic(Broker broker) {
    String topic = broker.topic(3);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 0, 300)));
    broker.send(topic, 0, "rubbish".getBytes(StandardCharsets.UTF_8));
    broker.send(topic, 0, new byte[0]);
    broker.send(topic, 0, (byte[]) null);
    broker.send(topic, 0, new byte[100_000]);
    broker.send(topic, 0, Readings.messages(Readings.powers("m0", 300, 400)));
    broker.send(topic, 1, Readings.messages(Readings.powers("m1", 0, 20)));
    return topic;
  }

  private static void assertMixed(Run run, String topic) {
    List<Reading> expected = new ArrayList<>(Readings.powers("m0", 0, 400));
    expected.addAll(Readings.powers("m1", 0, 20));
    assertThat(run.readings()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(run.letters())
        .extracting(DeadLetter::code)
        .containsExactlyInAnyOrder(
            DeadLetterCode.MALFORMED_MESSAGE,
            DeadLetterCode.EMPTY_MESSAGE,
            DeadLetterCode.EMPTY_MESSAGE,
            DeadLetterCode.OVERSIZED_MESSAGE);
    DeadLetter rubbish =
        run.letters().stream()
            .filter(letter -> letter.code() == DeadLetterCode.MALFORMED_MESSAGE)
            .findFirst()
            .orElseThrow();
    assertThat(rubbish.payload()).isEqualTo("rubbish");
    assertThat(rubbish.origin()).isEqualTo(new Origin(topic, 0, 300));
    assertThat(rubbish.pipeline()).isEqualTo("test");
    assertThat(rubbish.step()).isEqualTo("ReadReadings");
    assertThat(rubbish.timeMillis()).isGreaterThan(Readings.START);
  }

  @Test
  void unboundedWithAnIdleAndANeverUsedPartition(Broker broker) throws Exception {
    String topic = mixedTopic(broker);
    Run run = Run.of(broker.config(topic));
    try {
      run.until(r -> r.readings().size() >= 420 && r.letters().size() >= 4);
      assertMixed(run, topic);
      // The window of the first elements closes only if the watermark advances.
      run.until(r -> !r.seen("counts").isEmpty());
      broker.send(topic, 1, Readings.messages(Readings.powers("m1", 20, 30)));
      run.until(r -> r.readings().size() == 430);
    } finally {
      run.stop();
    }
  }

  @Test
  void boundedWithMetrics(Broker broker) throws Exception {
    String topic = mixedTopic(broker);
    Run run = Run.of(broker.config(topic).withBounded(true));
    try {
      assertThat(run.result.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
      assertMixed(run, topic);
      assertThat(run.counter("messages")).isEqualTo(424);
      assertThat(run.counter("bytes")).isGreaterThan(100_000 + 420 * 100);
      assertThat(run.counter("dead_letters_EMPTY_MESSAGE")).isEqualTo(2);
      assertThat(run.counter("dead_letters_OVERSIZED_MESSAGE")).isEqualTo(1);
    } finally {
      run.stop();
    }
  }

  @Test
  void boundedOverAnEmptyTopicEnds(Broker broker) throws Exception {
    Run run = Run.of(broker.config(broker.topic(2)).withBounded(true));
    try {
      assertThat(run.result.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
      assertThat(run.readings()).isEmpty();
    } finally {
      run.stop();
    }
  }

  @Test
  void kafkaIoGivesTheSame(Broker broker) throws Exception {
    String topic = mixedTopic(broker);
    Run run = Run.of(broker.config(topic).withReader(KafkaConfig.KafkaReader.KAFKAIO));
    try {
      run.until(r -> r.readings().size() >= 420 && r.letters().size() >= 4);
      assertMixed(run, topic);
      run.until(r -> !r.seen("counts").isEmpty());
      assertThat(run.counter("messages")).isEqualTo(424);
    } finally {
      run.stop();
    }
  }

  /** Whichever thread gets which records, each is judged by all that were before it. */
  @ParameterizedTest
  @EnumSource(names = {"POLL", "KAFKAIO"})
  void clocksAreThoseOfTheTopic(KafkaConfig.KafkaReader reader, Broker broker) throws Exception {
    int partitions = 4;
    int size = 300;
    String topic = broker.topic(partitions);
    // What is read to its end and then gets nothing would follow the watermark of the others.
    KafkaConfig config =
        broker.config(topic).withReader(reader).withIdlePartitionAfter(Duration.ofMinutes(5));
    Random random = new Random(1);
    Map<Origin, Long> expected = new HashMap<>();
    for (int p = 0; p < partitions; p++) {
      List<Reading> readings = new ArrayList<>();
      long clock = Long.MIN_VALUE;
      for (int i = 0; i < size; i++) {
        Reading reading = Readings.power("m" + p, 10 * i + random.nextInt(500));
        readings.add(reading);
        expected.put(new Origin(topic, p, i), clock);
        clock = Math.max(clock, reading.timeMillis());
      }
      broker.send(topic, p, Readings.messages(readings));
    }
    Run all = Run.of(config, 4);
    try {
      all.until(r -> r.readings().size() >= partitions * size);
      assertThat(all.clocks()).isEqualTo(expected);
    } finally {
      all.stop();
    }

    for (int p = 0; p < partitions; p++) {
      broker.commit(config.groupId(), topic, p, new OffsetAndMetadata(size - 50L));
    }
    expected.keySet().removeIf(origin -> origin.position() < size - 50L);
    Run rest = Run.of(config.withStart(KafkaConfig.KafkaStart.COMMITTED), 4);
    try {
      rest.until(r -> r.readings().size() >= partitions * 50);
      assertThat(rest.clocks()).isEqualTo(expected);
    } finally {
      rest.stop();
    }
  }

  @Test
  void kafkaIoHasNoEnd(Broker broker) {
    KafkaConfig config =
        broker.config("any").withReader(KafkaConfig.KafkaReader.KAFKAIO).withBounded(true);
    assertThatThrownBy(
            () -> Pipeline.create().apply(ReadReadings.from(config, Readings.LIMITS, "test")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("POLL");
  }
}
