package dev.wattbeam.transforms.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.consumption.ReadingSet;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;

/** How the good readings of a bundle are handed on. */
class ValidateReadingsTest {
  private static final long NOON = Instant.parse("2024-03-01T12:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;

  private static MeterDirectorySource directory() {
    return () ->
        new MeterDirectory(
            List.of(
                Meter.of(
                    "m1",
                    MeterType.generic("household").withNominalPeriod(MINUTE),
                    ZoneOffset.UTC,
                    Map.of("import", ReadingType.POWER))),
            List.of(),
            List.of());
  }

  private static ReadingBatch batch(long... minutes) {
    ReadingBatch.Builder batch = new ReadingBatch.Builder("readings", 0, Long.MIN_VALUE, 16);
    for (long minute : minutes) {
      batch.add(
          Reading.of("m1", "import", ReadingType.POWER, NOON + minute * MINUTE, Energy.NANOS, 0),
          minute,
          NOON + minute * MINUTE,
          new byte[0]);
    }
    return batch.build();
  }

  /** All that is handed on with one bound, as a set, after a look at the sizes of its parts. */
  private static void requireFiveMinutes(int mostReadings, Integer... sizes) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollectionTuple validated =
        pipeline
            .apply(
                TestStream.create(ReadingBatchCoder.of())
                    .addElements(batch(1, 2, 4), batch(3, 3, 4), batch(5))
                    .advanceWatermarkToInfinity())
            .apply(
                ValidateReadings.of(directory(), ReadingLimits.DEFAULT, 4, "test")
                    .withMostReadings(mostReadings));
    PAssert.that(validated.get(ValidateReadings.GOOD))
        .satisfies(
            blocks -> {
              ReadingSet all = ReadingSet.EMPTY;
              List<Integer> found = new ArrayList<>();
              for (KV<Integer, ReadingBlock> block : blocks) {
                ReadingSet part = block.getValue().parts().get(0).readings();
                found.add(part.size());
                all = all.union(part);
              }
              assertThat(found).containsExactlyInAnyOrder(sizes);
              assertThat(all.size()).isEqualTo(5);
              return null;
            });
    PAssert.that(validated.get(ValidateReadings.LATE)).empty();
    PAssert.that(validated.get(ValidateReadings.DEAD_LETTERS)).empty();
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aBundleIsOneBlockPerBucket() {
    requireFiveMinutes(1_000, 5);
  }

  @Test
  void aLongBundleIsHandedOnInPartsAndNothingIsLost() {
    // After the second batch there are at least three again, copies included.
    requireFiveMinutes(3, 3, 2, 1);
  }
}
