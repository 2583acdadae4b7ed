package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.postgres.UpsertTable;
import java.io.Serializable;

/** A row of {@code downsampling}; values in nano-kW. */
record MinuteRow(String meter, long minuteMillis, int n, long min, long max, long sum)
    implements Serializable {
  static final UpsertTable<MinuteRow> TABLE =
      UpsertTable.<MinuteRow>named("bench", "downsampling")
          .keyText("meter", MinuteRow::meter)
          .keyLong("minute_ms", MinuteRow::minuteMillis)
          .integer("n", MinuteRow::n)
          .number("min_nw", MinuteRow::min)
          .number("max_nw", MinuteRow::max)
          .number("sum_nw", MinuteRow::sum)
          .replace()
          .build();
}
