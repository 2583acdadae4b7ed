package dev.wattbeam.pipelines.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import dev.wattbeam.pipelines.publish.OedCase.Expected;
import dev.wattbeam.transforms.consumption.ComputeConsumption;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.quality.ValidateReadings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The CSV cases of the Open Energy Dashboard through our validation and computation. What OED
 * stores for a span is spread evenly over its quarters of an hour, and then every interval has to
 * be equal, to the millijoule; an interval that OED knows nothing of must not be there.
 *
 * <p>OED's rows have local times without offset, so the two passes of a repeated hour are added up.
 */
@Tag("slow")
class OedComparisonTest {
  private static final long QUARTER = Duration.ofMinutes(15).toMillis();
  private static final Instant UPLOADED = Instant.parse("2023-01-01T00:00:00Z");

  /**
   * A case that WattBeam answers otherwise, on purpose.
   *
   * @param why as in docs/oed-comparison.md
   * @param spans our answer: energy, start and end in UTC
   */
  private record Difference(String why, List<Expected> spans) {}

  private static final Map<String, Difference> DIFFERENCES =
      Map.of(
          "pipe22",
          new Difference(
              "one bad row does not cost the others",
              spans(
                  "48 2021-06-02T00:00 2021-06-03T00:00", "72 2021-06-03T00:00 2021-06-04T00:00")),
          "pipe26",
          new Difference(
              "one bad row does not cost the others",
              spans(
                  "24 2021-06-01T00:00 2021-06-02T00:00",
                  "72 2021-06-03T00:00 2021-06-04T00:00",
                  "96 2021-06-04T00:00 2021-06-05T00:00",
                  "120 2021-06-05T00:00 2021-06-06T00:00")),
          "pipe30",
          new Difference(
              "one bad row does not cost the others",
              spans(
                  "24 2021-06-01T00:00 2021-06-02T00:00",
                  "48.1 2021-06-02T00:00 2021-06-03T00:00",
                  "72 2021-06-03T00:00 2021-06-04T00:00",
                  "120 2021-06-05T00:00 2021-06-06T00:00")),
          "pipe32",
          new Difference(
              "a register has no start",
              spans(
                  "48 2021-06-02T00:00 2021-06-03T00:00",
                  "72 2021-06-03T00:00 2021-06-04T00:00",
                  "96 2021-06-04T00:00 2021-06-05T00:00",
                  "120 2021-06-05T00:00 2021-06-06T00:00")),
          "pipe70",
          new Difference(
              "one unexpected reset does not cost the rest",
              spans("48 2021-06-02T00:00 2021-06-03T00:00")),
          "pipe120",
          new Difference(
              "the repeated hour is an hour",
              spans(
                  "23 2022-11-06T06:23 2022-11-06T06:46",
                  "0 2022-11-06T06:46 2022-11-06T07:32",
                  "46 2022-11-06T07:32 2022-11-06T07:55",
                  "69 2022-11-06T07:55 2022-11-06T08:18",
                  "92 2022-11-06T08:18 2022-11-06T08:41")),
          "pipe122",
          new Difference(
              "the repeated hour is an hour, a rejected row bounds nothing",
              spans(
                  "46 2022-11-06T06:46 2022-11-06T07:55",
                  "69 2022-11-06T07:55 2022-11-06T08:18",
                  "92 2022-11-06T08:18 2022-11-06T08:41")));

  /** Rows that cannot be read and readings that the validation refuses; all others are used. */
  private static final Map<String, List<DeadLetterCode>> REJECTED =
      Map.of(
          "pipe22", List.of(DeadLetterCode.NEGATIVE_VALUE),
          "pipe26", List.of(DeadLetterCode.INVALID_TIME),
          "pipe30", List.of(DeadLetterCode.INVALID_VALUE),
          "pipe34", List.of(DeadLetterCode.INVALID_DURATION),
          "pipe116", List.of(DeadLetterCode.NEGATIVE_VALUE),
          "pipe118", Collections.nCopies(4, DeadLetterCode.NEGATIVE_VALUE),
          "pipe122", Collections.nCopies(3, DeadLetterCode.NEGATIVE_VALUE));

  // What the pipeline hands on; static, since a step travels as bytes.
  private static final Queue<ConsumptionRow> ROWS = new ConcurrentLinkedQueue<>();
  private static final Queue<DeadLetter> DEAD_LETTERS = new ConcurrentLinkedQueue<>();
  private static List<OedCase> cases = List.of();

  private static final class KeepRowsFn extends DoFn<ConsumptionRows, Void> {
    @ProcessElement
    public void process(@Element ConsumptionRows rows) {
      ROWS.addAll(rows.rows());
    }
  }

  private static final class KeepDeadLettersFn extends DoFn<DeadLetter, Void> {
    @ProcessElement
    public void process(@Element DeadLetter letter) {
      DEAD_LETTERS.add(letter);
    }
  }

  static Stream<OedCase> cases() {
    return cases.stream();
  }

  /** All cases in one run: each has a meter of its own. */
  @BeforeAll
  static void compute() throws IOException {
    cases = OedCase.all(SharedData.file("oed-csv-pipeline"));
    MeterDirectorySource directory =
        () -> new MeterDirectory(cases.stream().map(OedCase::meter).toList(), List.of(), List.of());
    List<ReadingBatch> batches = new ArrayList<>();
    for (OedCase one : cases) {
      ReadingBatch.Builder batch = new ReadingBatch.Builder(one.id(), 0, Long.MIN_VALUE, 16);
      int position = 0;
      for (Reading reading : one.readings()) {
        batch.add(reading, position++, UPLOADED.toEpochMilli(), null);
      }
      batches.add(batch.build());
    }
    ReadingLimits limits = ReadingLimits.DEFAULT.withAllowedLateness(ReadingLimits.UNLIMITED);
    Pipeline pipeline = Pipeline.create();
    PCollectionTuple validated =
        pipeline
            .apply("Cases", Create.of(batches).withCoder(ReadingBatchCoder.of()))
            .apply("Validate", ValidateReadings.of(directory, limits, 4, "oed"));
    PCollectionTuple computed =
        validated
            .get(ValidateReadings.GOOD)
            .apply(
                "Compute",
                ComputeConsumption.of(
                    directory, limits.allowedLatenessMillis(), Emission.atEnd(), 1, "oed"));
    computed.get(ComputeConsumption.ROWS).apply("KeepRows", ParDo.of(new KeepRowsFn()));
    validated
        .get(ValidateReadings.DEAD_LETTERS)
        .apply("KeepDeadLetters", ParDo.of(new KeepDeadLettersFn()));
    pipeline.run().waitUntilFinish();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void energyOfEachIntervalIsOeds(OedCase one) {
    Difference difference = DIFFERENCES.get(one.id());
    ZoneId zone = difference == null ? one.meter().zone() : ZoneOffset.UTC;
    List<Expected> spans = difference == null ? one.expected() : difference.spans();
    assertThat(computed(one, zone)).as(one.id()).isEqualTo(spread(spans));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void onlyBadRowsAreRejected(OedCase one) {
    List<DeadLetterCode> codes =
        Stream.concat(
                one.rejected().stream(),
                DEAD_LETTERS.stream().filter(l -> l.origin().source().equals(one.id())))
            .map(DeadLetter::code)
            .toList();
    assertThat(codes).isEqualTo(REJECTED.getOrDefault(one.id(), List.of()));
  }

  /** The page names each case, its answer, and the reason where that is another one. */
  @Test
  void thePageTellsTheSame() throws IOException {
    List<String> page = Files.readAllLines(Path.of("..", "docs", "oed-comparison.md"));
    for (OedCase one : cases) {
      Difference difference = DIFFERENCES.get(one.id());
      assertThat(page)
          .filteredOn(line -> line.startsWith("| " + one.id() + " |"))
          .singleElement()
          .asString()
          .contains(difference == null ? "| same |" : "| different | " + difference.why());
    }
  }

  /** Energy by local start of the interval, of the intervals of which anything is known. */
  private static SortedMap<LocalDateTime, Long> computed(OedCase one, ZoneId zone) {
    SortedMap<LocalDateTime, Long> energy = new TreeMap<>();
    for (ConsumptionRow row : ROWS) {
      if (row.owner().equals(one.id())
          && row.level() == Level.INTERVAL
          && row.consumption().known()) {
        energy.merge(
            LocalDateTime.ofInstant(Instant.ofEpochMilli(row.startMillis()), zone),
            row.consumption().energyMj(),
            Long::sum);
      }
    }
    return energy;
  }

  private static SortedMap<LocalDateTime, Long> spread(List<Expected> spans) {
    SortedMap<LocalDateTime, Long> energy = new TreeMap<>();
    for (Expected span : spans) {
      long start = span.start().toInstant(ZoneOffset.UTC).toEpochMilli();
      long end = span.end().toInstant(ZoneOffset.UTC).toEpochMilli();
      long mj = span.kwh().multiply(BigDecimal.valueOf(Energy.MJ_PER_KWH)).longValueExact();
      for (long quarter = Math.floorDiv(start, QUARTER) * QUARTER;
          quarter < end;
          quarter += QUARTER) {
        long before = before(mj, quarter - start, end - start);
        long until = before(mj, quarter + QUARTER - start, end - start);
        energy.merge(
            LocalDateTime.ofInstant(Instant.ofEpochMilli(quarter), ZoneOffset.UTC),
            until - before,
            Long::sum);
      }
    }
    return energy;
  }

  private static long before(long mj, long millis, long length) {
    long inside = Math.max(0, Math.min(length, millis));
    return BigDecimal.valueOf(mj)
        .multiply(BigDecimal.valueOf(inside))
        .divideToIntegralValue(BigDecimal.valueOf(length))
        .longValueExact();
  }

  private static List<Expected> spans(String... texts) {
    return Stream.of(texts)
        .map(text -> text.split(" "))
        .map(
            fields ->
                new Expected(
                    new BigDecimal(fields[0]),
                    LocalDateTime.parse(fields[1]),
                    LocalDateTime.parse(fields[2])))
        .toList();
  }
}
