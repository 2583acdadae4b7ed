package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.store.RowStore;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.io.store.StoreAwayException;
import dev.wattbeam.io.store.StoreConsumption;
import dev.wattbeam.io.store.StoreLatestValues;
import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;

/**
 * What every store has to keep.
 *
 * @param config of an empty store, prepared
 * @param content all that it holds
 */
record RowStoreRules(RowStoreConfig config, Supplier<SortedMap<String, List<String>>> content) {
  private static final long QUARTER = 900_000;
  private static final long START = Instant.parse("2024-03-30T22:00:00Z").toEpochMilli();

  /** Rows in = rows out, however shuffled, doubled and outdated they come, and run twice. */
  void keepsTheNewestVersionOfEachRow() {
    List<ConsumptionRow> newest = new ArrayList<>();
    List<ConsumptionRow> all = new ArrayList<>();
    for (OwnerKind kind : OwnerKind.values()) {
      for (Level level : Level.values()) {
        for (int i = 0; i < 250; i++) {
          long start = START + (i % 50) * QUARTER;
          ConsumptionRow row = row(kind, "m" + i / 50, level, start, i, 1_000_000L * i + 7);
          newest.add(row);
          all.add(row);
          all.add(row);
          // Group rows of months have revisions of up to 63 bits.
          all.add(row(kind, "m" + i / 50, level, start, -i, 1_000_000L * i + 6));
          all.add(row(kind, "m" + i / 50, level, start, -2 * i, i));
        }
      }
    }
    Collections.shuffle(all, new Random(1));
    write(all);
    SortedMap<String, List<String>> once = content.get();
    assertThat(once.values().stream().mapToInt(List::size).sum()).isEqualTo(newest.size());
    for (ConsumptionRow row : newest) {
      assertThat(once.get(RowStore.table(row.ownerKind(), row.level()))).contains(line(row));
    }
    write(all);
    Collections.shuffle(all, new Random(2));
    write(all.subList(0, all.size() / 2));
    assertThat(content.get()).isEqualTo(once);
  }

  /** With the highest revision there is, with nothing known, and of equal revisions the last. */
  void takesExtremes() {
    long start = START + 1_000 * QUARTER;
    write(List.of(row(OwnerKind.GROUP, "all", Level.MONTH, start, 5, Long.MAX_VALUE)));
    write(List.of(row(OwnerKind.GROUP, "all", Level.MONTH, start, 6, Long.MAX_VALUE - 1)));
    write(List.of(row(OwnerKind.METER, "été, \"x\" $.y", Level.INTERVAL, start, 5, 0)));
    write(List.of(unknown("été, \"x\" $.y", start + QUARTER)));
    for (long energy : new long[] {9, 1, 5}) {
      write(List.of(row(OwnerKind.METER, "equal", Level.DAY, start, energy, 3)));
    }
    SortedMap<String, List<String>> content = this.content.get();
    assertThat(content.get("group_months"))
        .contains(line(row(OwnerKind.GROUP, "all", Level.MONTH, start, 5, Long.MAX_VALUE)));
    assertThat(content.get("intervals"))
        .contains(
            line(row(OwnerKind.METER, "été, \"x\" $.y", Level.INTERVAL, start, 5, 0)),
            "été, \"x\" $.y|import|"
                + (start + QUARTER)
                + "|"
                + (start + 2 * QUARTER)
                + "|null|null|null|null|1|0|900000|missing||4");
    assertThat(content.get("days"))
        .contains(line(row(OwnerKind.METER, "equal", Level.DAY, start, 5, 3)));
  }

  /** In any order: the time decides, then sequence, quality, duration and value. */
  void keepsTheNewestReading() throws Exception {
    List<Reading> ordered = new ArrayList<>();
    for (long time : new long[] {START, START + 1, START + 60_000}) {
      for (long sequence : new long[] {Reading.NO_SEQUENCE, 0, 300}) {
        for (Quality quality : List.of(Quality.QUESTIONABLE, Quality.VALID, Quality.VERIFIED)) {
          for (long duration : new long[] {0, 256}) {
            for (long value : new long[] {-2_000_000_000L, -1, 0, 1, 255, 256, 2_500_000_000L}) {
              ordered.add(
                  new Reading(
                      "m", "import", ReadingType.POWER, time, value, duration, sequence, quality));
            }
          }
        }
      }
    }
    Random random = new Random(3);
    List<String> wanted = new ArrayList<>();
    try (RowStore store = config.open()) {
      for (int channel = 0; channel < 100; channel++) {
        Reading newest = null;
        for (int i = 0; i < 4; i++) {
          Reading reading = onChannel("c" + channel, ordered.get(random.nextInt(ordered.size())));
          store.writeLatest(List.of(reading));
          if (newest == null || Reading.NEWEST_LAST.compare(reading, newest) > 0) {
            newest = reading;
          }
        }
        wanted.add(line(newest));
      }
    }
    Pipeline pipeline = pipeline();
    pipeline
        .apply(
            "Readings",
            Create.of(onChannel("once", ordered.get(5)), onChannel("once", ordered.get(4))))
        .apply("Write", StoreLatestValues.to(config));
    pipeline.run().waitUntilFinish();
    wanted.add(line(onChannel("once", ordered.get(5))));
    assertThat(content.get().get(RowStore.LATEST_VALUES))
        .containsExactlyInAnyOrderElementsOf(wanted);
  }

  private static Reading onChannel(String channel, Reading reading) {
    return new Reading(
        reading.meter(),
        channel,
        reading.type(),
        reading.timeMillis(),
        reading.value(),
        reading.durationMillis(),
        reading.sequence(),
        reading.quality());
  }

  /** Writers that meet: the highest revision stays, whoever is first. */
  void bearsConcurrentWriters() throws Exception {
    try (RowStore store = config.open()) {
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        Random random = new Random(writer);
        writers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int round = 0; round < 60; round++) {
                    List<ConsumptionRow> rows = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                      long revision = round == 30 ? 1_000 : random.nextInt(1_000);
                      rows.add(
                          row(
                              OwnerKind.METER,
                              "shared",
                              Level.HOUR,
                              START + i * QUARTER,
                              revision,
                              revision));
                    }
                    try {
                      store.writeRows(rows);
                    } catch (StoreAwayException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                }));
      }
      for (CompletableFuture<Void> writer : writers) {
        writer.get();
      }
    }
    List<String> hours = content.get().get("hours");
    for (int i = 0; i < 20; i++) {
      assertThat(hours)
          .contains(
              line(row(OwnerKind.METER, "shared", Level.HOUR, START + i * QUARTER, 1_000, 1_000)));
    }
  }

  /** Intervals of 50 meters, as a backfill has them, then the same again; gives rows per second. */
  String throughput(int rows) throws Exception {
    List<ConsumptionRow> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(
          row(
              OwnerKind.METER,
              "fast" + i % 50,
              Level.INTERVAL,
              START + (i / 50) * QUARTER,
              i,
              20_730_000 + i));
    }
    try (RowStore store = config.open()) {
      Duration first = write(store, all);
      Duration again = write(store, all);
      return String.format(
          "%s: %d rows in %d ms = %d rows/s; the same again in %d ms = %d rows/s",
          config.kind(),
          rows,
          first.toMillis(),
          rows * 1_000L / first.toMillis(),
          again.toMillis(),
          rows * 1_000L / again.toMillis());
    }
  }

  private static Duration write(RowStore store, List<ConsumptionRow> rows) throws Exception {
    long start = System.nanoTime();
    for (int from = 0; from < rows.size(); from += 50_000) {
      store.writeRows(rows.subList(from, Math.min(rows.size(), from + 50_000)));
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void write(List<ConsumptionRow> rows) {
    List<ConsumptionRows> elements = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += 90) {
      elements.add(new ConsumptionRows(rows.subList(from, Math.min(rows.size(), from + 90))));
    }
    Pipeline pipeline = pipeline();
    pipeline.apply("Rows", Create.of(elements)).apply("Write", StoreConsumption.to(config));
    pipeline.run().waitUntilFinish();
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    return Pipeline.create(options);
  }

  private static ConsumptionRow row(
      OwnerKind kind, String owner, Level level, long start, long energyMj, long revision) {
    return new ConsumptionRow(
        kind,
        owner,
        "import",
        level,
        start,
        start + QUARTER,
        new Consumption(
            energyMj,
            QUARTER,
            QUARTER,
            1_000_000_000,
            2_500_000_000L,
            15,
            0,
            QualityMix.of(Quality.VALID, QUARTER),
            revision));
  }

  private static ConsumptionRow unknown(String meter, long start) {
    return new ConsumptionRow(
        OwnerKind.METER,
        meter,
        "import",
        Level.INTERVAL,
        start,
        start + QUARTER,
        new Consumption(0, 0, QUARTER, 0, 0, 1, 0, QualityMix.NONE, 4));
  }

  private static String line(ConsumptionRow row) {
    return String.join(
        "|",
        row.owner(),
        row.channel(),
        String.valueOf(row.startMillis()),
        String.valueOf(row.endMillis()),
        String.valueOf(row.consumption().energyMj()),
        String.valueOf(row.meanKw()),
        "1.0|2.5|15|900000|900000|valid|",
        String.valueOf(row.consumption().revision()));
  }

  private static String line(Reading reading) {
    return String.join(
        "|",
        reading.meter(),
        reading.channel(),
        "power|kW",
        String.valueOf(reading.timeMillis()),
        BigDecimal.valueOf(reading.value(), 9).toPlainString(),
        String.valueOf(reading.durationMillis()),
        String.valueOf(reading.sequence()),
        reading.quality().code());
  }
}
