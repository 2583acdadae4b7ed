package dev.wattbeam.io.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.io.files.SeriesFile;
import dev.wattbeam.io.files.SeriesFormat;
import dev.wattbeam.io.postgres.WriteGridSignals.GridRow;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import dev.wattbeam.model.GridValue;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of grid values, and its views against plain computation. */
class GridViewsTest {
  private static final ZoneId LONDON = ZoneId.of("Europe/London");
  private static final long KNOWN = Instant.parse("2024-06-01T00:00:00Z").toEpochMilli();
  private static final long HALF_HOUR = 1_800_000;

  private TestDatabase database;
  private PostgresConfig pipeline;

  @BeforeEach
  void database() {
    database = TestDatabase.migrated();
    pipeline = database.pipeline();
  }

  private static GridRow row(
      String area,
      String name,
      GridKind kind,
      GridUnit unit,
      long start,
      long end,
      double value,
      GridStage stage,
      long known) {
    GridValue gridValue = new GridValue(name, kind, unit, Math.round(value * 1e9));
    return new GridRow(
        new GridSignal("test", area, start, end, known, stage, List.of(gridValue)), gridValue);
  }

  private static GridRow intensity(GridKind kind, long start, double value) {
    return row(
        "GB",
        "carbon-intensity",
        kind,
        GridUnit.G_CO2_PER_KWH,
        start,
        start + HALF_HOUR,
        value,
        GridStage.PROVISIONAL,
        KNOWN);
  }

  private void write(List<GridRow> rows) {
    database.write(pipeline, Tables.GRID_SIGNALS, rows);
  }

  @Test
  void theNewestVersionStaysWhateverTheOrder() {
    List<GridRow> versions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      for (GridStage stage : GridStage.values()) {
        versions.add(
            row(
                "FR",
                "consumption",
                GridKind.ACTUAL,
                GridUnit.MW,
                0,
                i < 3 ? HALF_HOUR : 2 * HALF_HOUR,
                100 * stage.rank() + i,
                stage,
                // The third and the fourth contradict each other.
                Math.min(i, 2)));
      }
    }
    for (int seed = 0; seed < 6; seed++) {
      database.execute("TRUNCATE wattbeam.grid_signals");
      Collections.shuffle(versions, new Random(seed));
      int cut = seed * 2;
      write(versions.subList(0, cut));
      write(versions.subList(cut, versions.size()));
      assertThat(
              database.query("SELECT value, stage, known_at, end_time FROM wattbeam.grid_signals"))
          .containsExactly("203.000000000|2|1970-01-01 00:00:00.002+00|1970-01-01 01:00:00+00");
      String before = database.queryOne("SELECT g::text FROM wattbeam.grid_signals g");
      write(versions);
      assertThat(database.queryOne("SELECT g::text FROM wattbeam.grid_signals g"))
          .as("again, it changes nothing")
          .isEqualTo(before);
    }
  }

  @Test
  void settledHalfHoursReplaceQuarters() {
    List<GridRow> rows = new ArrayList<>();
    long quarter = HALF_HOUR / 2;
    for (int i = 0; i < 8; i++) {
      rows.add(
          row(
              "FR",
              "consumption",
              GridKind.ACTUAL,
              GridUnit.MW,
              i * quarter,
              (i + 1) * quarter,
              i,
              GridStage.PROVISIONAL,
              KNOWN + 9));
    }
    write(rows);
    rows.clear();
    rows.add(
        row(
            "FR",
            "consumption",
            GridKind.ACTUAL,
            GridUnit.MW,
            0,
            2 * HALF_HOUR,
            50,
            GridStage.FINAL,
            KNOWN));
    rows.add(
        row(
            "FR",
            "consumption",
            GridKind.ACTUAL,
            GridUnit.MW,
            3 * HALF_HOUR,
            4 * HALF_HOUR,
            60,
            GridStage.CONSOLIDATED,
            KNOWN));
    write(rows);
    assertThat(
            database.query(
                "SELECT start_time::time, end_time::time, value FROM wattbeam.grid_series"
                    + " ORDER BY start_time"))
        .containsExactly(
            "00:00:00|01:00:00|50",
            "01:00:00|01:15:00|4",
            "01:15:00|01:30:00|5",
            "01:30:00|02:00:00|60");
    assertThat(database.queryOne("SELECT hours, mwh FROM wattbeam.grid_years WHERE area = 'FR'"))
        .isEqualTo("2|" + (50 + 4 / 4.0 + 5 / 4.0 + 60 / 2.0));
  }

  /** Half-hours of the days around the clock change, with a gap, and a forecast for most. */
  @Test
  void daysForecastsAndChangesAreAsComputedPlainly() {
    Random random = new Random(7);
    TreeMap<Long, Double> actual = new TreeMap<>();
    TreeMap<Long, Double> forecast = new TreeMap<>();
    List<GridRow> rows = new ArrayList<>();
    long begin = Instant.parse("2024-03-29T00:00:00Z").toEpochMilli();
    for (int i = 0; i < 5 * 48; i++) {
      long start = begin + i * HALF_HOUR;
      double value = 100 + random.nextInt(200);
      if (i < 60 || i > 75) {
        actual.put(start, value);
        rows.add(intensity(GridKind.ACTUAL, start, value));
        int band = value < 150 ? 2 : value < 200 ? 3 : 4;
        rows.add(
            row(
                "GB",
                "carbon-index",
                GridKind.ACTUAL,
                GridUnit.BAND,
                start,
                start + HALF_HOUR,
                band,
                GridStage.PROVISIONAL,
                KNOWN));
      }
      if (i % 7 != 3) {
        forecast.put(start, value + random.nextInt(41) - 15);
        rows.add(intensity(GridKind.FORECAST, start, forecast.get(start)));
      }
    }
    Collections.shuffle(rows, random);
    write(rows);
    assertThatViewsAreRight("test", actual, forecast);
    assertThat(
            database.query(
                "SELECT local_day, round(coverage::numeric, 4), spans FROM wattbeam.grid_days"
                    + " WHERE kind = 'actual' AND name = 'carbon-intensity' ORDER BY 1"))
        .as("31 March has 23 hours, of which all are covered")
        .contains("2024-03-31|1.0000|46", "2024-03-30|0.6667|32");
  }

  private record Day(List<Long> starts, List<Double> values, List<Double> changes) {}

  private static Map<LocalDate, Day> days(TreeMap<Long, Double> series) {
    Map<LocalDate, Day> days = new TreeMap<>();
    Map.Entry<Long, Double> before = null;
    for (Map.Entry<Long, Double> at : series.entrySet()) {
      LocalDate date = Instant.ofEpochMilli(at.getKey()).atZone(LONDON).toLocalDate();
      Day day =
          days.computeIfAbsent(
              date, key -> new Day(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
      day.starts().add(at.getKey());
      day.values().add(at.getValue());
      if (before != null && before.getKey() + HALF_HOUR == at.getKey()) {
        day.changes().add(at.getValue() - before.getValue());
      }
      before = at;
    }
    return days;
  }

  private static double deviation(List<Double> values) {
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    return Math.sqrt(
        values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  private void assertThatViewsAreRight(
      String source, TreeMap<Long, Double> actual, TreeMap<Long, Double> forecast) {
    Map<LocalDate, Day> days = days(actual);
    List<String> rows =
        database.query(
            "SELECT local_day, coverage, mean, lowest, highest, extract(epoch FROM lowest_at)::bigint,"
                + " extract(epoch FROM highest_at)::bigint, spread, deviation,"
                + " mean_change_per_hour, volatility, forecast_bias, forecast_mae, forecast_wape,"
                + " low_hours, moderate_hours, high_hours"
                + " FROM wattbeam.carbon_days WHERE source = '"
                + source
                + "' AND area = 'GB' ORDER BY 1");
    assertThat(rows).hasSameSizeAs(days.entrySet());
    int i = 0;
    for (Map.Entry<LocalDate, Day> entry : days.entrySet()) {
      Day day = entry.getValue();
      LocalDate date = entry.getKey();
      String[] row = rows.get(i++).split("\\|");
      assertThat(row[0]).isEqualTo(date.toString());
      double seconds =
          date.plusDays(1).atStartOfDay(LONDON).toEpochSecond()
              - date.atStartOfDay(LONDON).toEpochSecond();
      DoubleSummaryStatistics all = day.values().stream().mapToDouble(v -> v).summaryStatistics();
      DoubleSummaryStatistics errors = new DoubleSummaryStatistics();
      DoubleSummaryStatistics absolute = new DoubleSummaryStatistics();
      double actualSum = 0;
      for (int k = 0; k < day.starts().size(); k++) {
        Double value = forecast.get(day.starts().get(k));
        if (value != null) {
          errors.accept(value - day.values().get(k));
          absolute.accept(Math.abs(value - day.values().get(k)));
          actualSum += day.values().get(k);
        }
      }
      double[] expected = {
        day.values().size() * 1800 / seconds,
        all.getAverage(),
        all.getMin(),
        all.getMax(),
        day.starts().get(day.values().indexOf(all.getMin())) / 1000.0,
        day.starts().get(day.values().indexOf(all.getMax())) / 1000.0,
        all.getMax() - all.getMin(),
        deviation(day.values()),
        2 * day.changes().stream().mapToDouble(Math::abs).average().orElseThrow(),
        deviation(day.changes()),
        errors.getAverage(),
        absolute.getAverage(),
        absolute.getSum() / actualSum
      };
      for (int k = 0; k < expected.length; k++) {
        assertThat(Double.parseDouble(row[k + 1]))
            .as("column %d of %s", k + 1, date)
            .isCloseTo(expected[k], within(1e-6));
      }
      double hours = 0;
      for (int k = 14; k < 17; k++) {
        hours += row[k].equals("null") ? 0 : Double.parseDouble(row[k]);
      }
      if (source.equals("test")) {
        assertThat(hours).isEqualTo(day.values().size() / 2.0);
      }
    }
  }

  private List<GridRow> load(String file, String format) throws IOException {
    List<GridRow> rows = new ArrayList<>();
    SeriesFile.of(SharedData.file(file), SeriesFormat.of(format), KNOWN)
        .read(
            row ->
                row.signals()
                    .forEach(
                        signal ->
                            signal
                                .values()
                                .forEach(value -> rows.add(new GridRow(signal, value)))));
    write(rows);
    return rows;
  }

  @Test
  void realCarbonIntensity() throws IOException {
    TreeMap<Long, Double> actual = new TreeMap<>();
    TreeMap<Long, Double> forecast = new TreeMap<>();
    for (int month = 1; month <= 6; month++) {
      for (GridRow row : load("gb-carbon/2024-0" + month + ".csv.gz", "gb-carbon-csv")) {
        if (row.value().unit() == GridUnit.G_CO2_PER_KWH) {
          (row.value().kind() == GridKind.ACTUAL ? actual : forecast)
              .put(row.signal().startMillis(), row.value().value() / 1e9);
        }
      }
    }
    assertThatViewsAreRight("carbonintensity.org.uk", actual, forecast);
    assertThat(
            database.query(
                "SELECT local_day FROM generate_series('2024-01-01'::date, '2024-06-30', '1 day')"
                    + " d(day) LEFT JOIN wattbeam.carbon_days ON local_day = day"
                    + " WHERE local_day IS NULL"))
        .as("29 February is missing, and nothing says zero for it")
        .hasSize(1);
  }

  @Test
  void realEco2mix() throws IOException {
    List<GridRow> rows =
        load("rte-eco2mix/eco2mix_national_realtime_2021-12.csv.gz", "eco2mix-national");
    assertThat(
            database.queryOne(
                "SELECT count(*), max(abs(difference)) <= 1 FROM wattbeam.grid_balance"))
        .isEqualTo("2976|t");
    Map<String, Double> energy = new TreeMap<>();
    for (GridRow row : rows) {
      if (row.value().unit() == GridUnit.MW && row.value().kind() == GridKind.ACTUAL) {
        energy.merge(
            row.value().name(),
            row.value().value()
                / 1e9
                * (row.signal().endMillis() - row.signal().startMillis())
                / 3_600_000,
            Double::sum);
      }
    }
    List<String> years =
        database.query("SELECT name, mwh, local_year, hours FROM wattbeam.grid_years");
    assertThat(years).hasSameSizeAs(energy.entrySet());
    for (String year : years) {
      String[] cells = year.split("\\|");
      assertThat(Double.parseDouble(cells[1]))
          .as(cells[0])
          .isCloseTo(energy.get(cells[0]), within(1e-3));
      assertThat(cells[2] + " " + cells[3]).isEqualTo("2021 744");
    }
  }
}
