package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.UpsertBuffer;
import dev.wattbeam.io.postgres.UpsertTable;
import dev.wattbeam.io.postgres.WriteRows;
import dev.wattbeam.model.ReadingBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Number and sum of the values of each meter in each hour of the day, over windows of seven days
 * that slide by one.
 *
 * <p>A reading is added to one hour, not to seven windows: windows are sums of the hours that they
 * share.
 */
final class HourOfDay extends PTransform<PCollection<ReadingBatch>, PDone> {
  private static final long serialVersionUID = 1;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int HOURS = 24;
  private static final int DAYS = 7;

  private record Row(String meter, long windowDay, int hour, int n, long sum) {}

  private static final UpsertTable<Row> TABLE =
      UpsertTable.<Row>named("bench", "hour_of_day")
          .keyText("meter", Row::meter)
          .keyLong("window_ms", row -> row.windowDay * HOURS * HOUR_MILLIS)
          .keySmall("hour", Row::hour)
          .integer("n", Row::n)
          .number("sum_nw", Row::sum)
          .replace()
          .build();

  private final PostgresConfig postgres;

  private HourOfDay(PostgresConfig postgres) {
    this.postgres = postgres;
  }

  static HourOfDay to(PostgresConfig postgres) {
    return new HourOfDay(postgres);
  }

  @Override
  public PDone expand(PCollection<ReadingBatch> batches) {
    return batches
        .apply("PackHours", PackStatistics.of(HOUR_MILLIS, String::hashCode))
        .apply("GroupByBucket", GroupByKey.create())
        .apply("WriteWindows", WriteRows.to(postgres, HourOfDay::addRows));
  }

  private static void addRows(KV<Integer, Iterable<byte[]>> blocks, UpsertBuffer rows) {
    Map<String, List<Statistic>> meters = StatisticBlock.merge(blocks.getValue(), HOUR_MILLIS);
    meters.forEach((meter, hours) -> addRows(meter, hours, rows));
  }

  private static void addRows(String meter, List<Statistic> hours, UpsertBuffer rows) {
    List<List<Statistic>> byHour = new ArrayList<>();
    for (int hour = 0; hour < HOURS; hour++) {
      byHour.add(new ArrayList<>());
    }
    for (Statistic s : hours) {
      byHour.get(Math.floorMod(s.period, HOURS)).add(s);
    }
    for (int hour = 0; hour < HOURS; hour++) {
      slide(meter, hour, byHour.get(hour), rows);
    }
  }

  /** Each window is the one before, without the day that leaves and with the one that comes. */
  private static void slide(String meter, int hour, List<Statistic> days, UpsertBuffer rows) {
    int from = 0;
    int to = 0;
    int n = 0;
    long sum = 0;
    long window = Long.MIN_VALUE;
    while (from < days.size()) {
      // The next window, or after a gap the first that holds the next day.
      window = Math.max(window + 1, day(days.get(from)) - (DAYS - 1));
      while (to < days.size() && day(days.get(to)) < window + DAYS) {
        n += days.get(to).n;
        sum += days.get(to).sum;
        to++;
      }
      rows.add(TABLE, new Row(meter, window, hour, n, sum));
      // What leaves with the next step.
      if (day(days.get(from)) == window) {
        n -= days.get(from).n;
        sum -= days.get(from).sum;
        from++;
      }
    }
  }

  private static long day(Statistic hour) {
    return Math.floorDiv(hour.period, HOURS);
  }
}
