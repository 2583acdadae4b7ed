package dev.wattbeam.demo.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import dev.wattbeam.oracle.SequentialModel.Rejected;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import dev.wattbeam.transforms.consumption.AggregateGroups;
import dev.wattbeam.transforms.consumption.ComputeConsumption;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.quality.ValidateReadings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Simulated fleets with all defects through the steps of the pipeline, against the model. */
class FleetPipelineTest {
  private static final int BATCH = 400;

  // What the pipeline hands on; static, since a step travels as bytes.
  private static final Queue<ConsumptionRow> ROWS = new ConcurrentLinkedQueue<>();
  private static final Queue<Reading> LATEST = new ConcurrentLinkedQueue<>();
  private static final Queue<LateReading> LATE = new ConcurrentLinkedQueue<>();
  private static final Queue<DeadLetter> REJECTED = new ConcurrentLinkedQueue<>();
  private static final Queue<DeadLetter> CONFLICTS = new ConcurrentLinkedQueue<>();
  private static MeterDirectory directory;

  private static final class KeepRowsFn extends DoFn<ConsumptionRows, Void> {
    @ProcessElement
    public void process(@Element ConsumptionRows rows) {
      ROWS.addAll(rows.rows());
    }
  }

  private static final class KeepLatestFn extends DoFn<Reading, Void> {
    @ProcessElement
    public void process(@Element Reading reading) {
      LATEST.add(reading);
    }
  }

  private static final class KeepLateFn extends DoFn<LateReading, Void> {
    @ProcessElement
    public void process(@Element LateReading reading) {
      LATE.add(reading);
    }
  }

  private static final class KeepRejectedFn extends DoFn<DeadLetter, Void> {
    @ProcessElement
    public void process(@Element DeadLetter letter) {
      REJECTED.add(letter);
    }
  }

  private static final class KeepConflictsFn extends DoFn<DeadLetter, Void> {
    @ProcessElement
    public void process(@Element DeadLetter letter) {
      CONFLICTS.add(letter);
    }
  }

  /** Clock changes of both zones; rows handed on at the end, or early and again. */
  @ParameterizedTest
  @CsvSource({
    "1, Europe/Paris,    2024-03-30T00:00:00Z, false",
    "2, Europe/Paris,    2024-10-26T00:00:00Z, true",
    "3, America/Chicago, 2024-03-09T12:00:00Z, true",
    "4, America/Chicago, 2024-11-02T00:00:00Z, false"
  })
  void everythingIsAsInTheSequentialModel(long seed, ZoneId zone, Instant start, boolean early) {
    Judged judged = Judged.run(Fleets.bad(seed, zone, start));
    Map<DeadLetterCode, Long> deadLetters = new EnumMap<>(DeadLetterCode.class);
    List<ReadingBatch> batches = batches(judged, deadLetters);
    // Each batch knows the clock before it, so their order does not matter.
    Collections.shuffle(batches, new Random(seed));

    Map<String, Long> counters =
        run(judged, batches, early ? Emission.streaming(millis(50)) : Emission.atEnd());

    assertThat(judged.simulator().truth().defects().values()).doesNotContain(0L);
    assertThat(Fleets.differences(judged.result().rows(), table(), ConsumptionRow::equals))
        .isEmpty();
    assertThat(counters.get("accepted")).isEqualTo(judged.result().accepted());
    assertThat(counters.get("duplicates")).isEqualTo(judged.result().duplicates());
    assertThat(counters.get("late")).isEqualTo(judged.result().late().size());
    assertThat(LATE).containsExactlyInAnyOrderElementsOf(judged.result().late());
    REJECTED.forEach(letter -> deadLetters.merge(letter.code(), 1L, Long::sum));
    deadLetters.put(
        DeadLetterCode.CONFLICTING_READING, counters.get("dead_letters_CONFLICTING_READING"));
    assertThat(deadLetters).isEqualTo(judged.deadLetters());
    assertThat(REJECTED.stream().collect(Collectors.toMap(DeadLetter::origin, DeadLetter::code)))
        .isEqualTo(
            judged.result().rejected().stream()
                .collect(Collectors.toMap(Rejected::origin, Rejected::code)));
    assertThat(CONFLICTS.stream().map(DeadLetter::origin).distinct())
        .hasSameSizeAs(judged.result().conflicts());
    assertThat(new HashSet<>(LATEST)).containsAll(judged.result().latest().values());
    assertThat(
            counters.get("accepted")
                + counters.get("duplicates")
                + counters.get("late")
                + deadLetters.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(judged.deliveries().size());
    assertThat(judged.truth().check(table().values()).differences()).isEmpty();
  }

  private static org.joda.time.Duration millis(long millis) {
    return org.joda.time.Duration.millis(millis);
  }

  /** The messages in batches, as the source hands them on. */
  private static List<ReadingBatch> batches(Judged judged, Map<DeadLetterCode, Long> deadLetters) {
    List<ReadingBatch> batches = new ArrayList<>();
    Map<Integer, ReadingBatch.Builder> open = new HashMap<>();
    Map<Integer, Long> clocks = new HashMap<>();
    ReadingJson json = new ReadingJson();
    long oldest = ReadingLimits.DEFAULT.oldestMillis();
    for (int i = 0; i < judged.deliveries().size(); i++) {
      Delivery delivery = judged.deliveries().get(i);
      int partition = Judged.partition(delivery);
      long clock = clocks.getOrDefault(partition, Long.MIN_VALUE);
      ReadingBatch.Builder batch =
          open.computeIfAbsent(
              partition, p -> new ReadingBatch.Builder("readings", p, clock, BATCH));
      long known = delivery.deliveryTimeMillis();
      if (!json.parse(delivery.payload(), i, known, batch)) {
        deadLetters.merge(json.code(), 1L, Long::sum);
        continue;
      }
      long time = json.timeMillis() - (json.local() ? Duration.ofHours(14).toMillis() : 0);
      if (time >= oldest && time <= known + Duration.ofHours(1).toMillis()) {
        clocks.put(partition, Math.max(clock, time));
      }
      if (batch.size() == BATCH) {
        batches.add(open.remove(partition).build());
      }
    }
    open.values().forEach(batch -> batches.add(batch.build()));
    return batches;
  }

  /** Runs the steps and returns their counters. */
  private static Map<String, Long> run(
      Judged judged, List<ReadingBatch> batches, Emission emission) {
    List.of(ROWS, LATEST, LATE, REJECTED, CONFLICTS).forEach(Queue::clear);
    directory = judged.simulator().fleet().toDirectory();
    MeterDirectorySource source = () -> directory;
    ReadingLimits limits =
        ReadingLimits.DEFAULT.withAllowedLateness(
            judged.simulator().config().allowedLateness().toMillis());
    long lateness = limits.allowedLatenessMillis();
    Pipeline pipeline = Pipeline.create();
    PCollectionTuple validated =
        pipeline
            .apply("Batches", Create.of(batches).withCoder(ReadingBatchCoder.of()))
            .apply("Validate", ValidateReadings.of(source, limits, 8, "test"));
    PCollectionTuple computed =
        validated
            .get(ValidateReadings.GOOD)
            .apply("Compute", ComputeConsumption.of(source, lateness, emission, 3, "test"));
    PCollection<ConsumptionRows> groups =
        computed
            .get(ComputeConsumption.GROUP_UPDATES)
            .apply("Groups", AggregateGroups.of(source, lateness, emission));
    PCollectionList.of(computed.get(ComputeConsumption.ROWS))
        .and(groups)
        .apply("AllRows", Flatten.pCollections())
        .apply("KeepRows", ParDo.of(new KeepRowsFn()));
    computed.get(ComputeConsumption.LATEST).apply("KeepLatest", ParDo.of(new KeepLatestFn()));
    validated.get(ValidateReadings.LATE).apply("KeepLate", ParDo.of(new KeepLateFn()));
    validated
        .get(ValidateReadings.DEAD_LETTERS)
        .apply("KeepRejected", ParDo.of(new KeepRejectedFn()));
    computed
        .get(ComputeConsumption.CONFLICTS)
        .apply("KeepConflicts", ParDo.of(new KeepConflictsFn()));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    Map<String, Long> counters = new TreeMap<>();
    for (MetricResult<Long> counter :
        result.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      counters.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
    }
    return counters;
  }

  /** What a store holds: of each row the one with the highest revision. */
  private static SortedMap<RowKey, ConsumptionRow> table() {
    SortedMap<RowKey, ConsumptionRow> table = new TreeMap<>();
    for (ConsumptionRow row : ROWS) {
      table.merge(
          RowKey.of(row),
          row,
          (a, b) -> b.consumption().revision() > a.consumption().revision() ? b : a);
    }
    return table;
  }
}
