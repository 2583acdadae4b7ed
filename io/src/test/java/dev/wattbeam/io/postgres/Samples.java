package dev.wattbeam.io.postgres;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import java.time.Instant;

/** Rows for tests. */
final class Samples {
  static final long QUARTER = 900_000;

  private Samples() {}

  static long millis(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  /** A covered quarter of an hour. */
  static ConsumptionRow interval(String meter, String start, long energyMj, long revision) {
    return row(OwnerKind.METER, meter, Level.INTERVAL, millis(start), energyMj, revision);
  }

  static ConsumptionRow row(
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

  static ConsumptionRow unknown(String meter, String start, long revision) {
    return new ConsumptionRow(
        OwnerKind.METER,
        meter,
        "import",
        Level.INTERVAL,
        millis(start),
        millis(start) + QUARTER,
        new Consumption(0, 0, QUARTER, 0, 0, 1, 0, QualityMix.NONE, revision));
  }
}
