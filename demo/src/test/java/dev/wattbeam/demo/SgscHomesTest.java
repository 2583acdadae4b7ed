package dev.wattbeam.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wattbeam.embedded.SharedData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 1.45 million half-hours of 50 real homes against sums over the lines of the file. */
@Tag("slow")
class SgscHomesTest {
  private static final BigDecimal MJ_PER_KWH = BigDecimal.valueOf(3_600_000_000L);
  private static final ZoneOffset STANDARD_TIME = ZoneOffset.ofHours(10);
  private static final long ROWS = 1_450_232;

  @Test
  void rowsAndTotalsPerMeterAndDayAreExact(@TempDir Path folder) throws IOException {
    Path file = SharedData.file("smart-meters/sgsc_50_households_30min.csv.gz");
    Map<String, Map<Long, Long>> halfHours = new HashMap<>();
    SortedMap<String, Long> days = new TreeMap<>();
    SortedMap<String, Long> months = new TreeMap<>();
    SortedMap<String, Long> totals = new TreeMap<>();
    long rows = 0;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] fields = line.split(",", -1);
        LocalDateTime stamp = LocalDateTime.parse(fields[1].replace(' ', 'T'));
        long mj = new BigDecimal(fields[3]).multiply(MJ_PER_KWH).longValueExact();
        halfHours
            .computeIfAbsent(fields[0], meter -> new HashMap<>())
            .put(stamp.toEpochSecond(STANDARD_TIME), mj);
        LocalDateTime day = stamp.truncatedTo(ChronoUnit.DAYS);
        days.merge(key(fields[0], day), mj, Long::sum);
        months.merge(key(fields[0], day.withDayOfMonth(1)), mj, Long::sum);
        totals.merge(fields[0], mj, Long::sum);
        rows++;
      }
    }
    assertThat(rows).isEqualTo(ROWS);

    DemoRun run =
        DemoRun.of(
            "--input=" + file,
            "--format=sgsc",
            "--once",
            "--ephemeral",
            "--export=" + folder.resolve("export"));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();

    Export export = new Export(folder.resolve("export"));
    JsonNode summary = export.summary();
    for (String name :
        new String[] {"rowsRead", "rowsPublished", "readingsPublished", "accepted"}) {
      assertThat(summary.get(name).asLong()).as(name).isEqualTo(ROWS);
    }
    for (String name : new String[] {"rowsMissing", "rowsRejected", "duplicates", "late"}) {
      assertThat(summary.get(name).asLong()).as(name).isZero();
    }
    assertThat(summary.get("deadLetters")).isEmpty();
    assertThat(summary.get("meters").asLong()).isEqualTo(50);
    totals.forEach(
        (meter, mj) ->
            assertThat(summary.get("energyKwh").get(meter).get("import").decimalValue())
                .isEqualByComparingTo(Export.kwh(mj)));
    assertThat(summary.get("energyKwh")).hasSameSizeAs(totals.keySet());
    assertThat(export.energy("days")).isEqualTo(days);
    assertThat(export.energy("months")).isEqualTo(months);

    long[] intervals = {0};
    export.forEach(
        "intervals",
        row -> {
          long start = Instant.parse(row.start()).getEpochSecond();
          long half = halfHours.get(row.meter()).get(Math.floorDiv(start, 1800L) * 1800);
          // Energies have three decimals in kWh, so each is even in mJ.
          if (2 * row.mj() != half || row.coverage().compareTo(BigDecimal.ONE) != 0) {
            assertThat(row).as("half of %d mJ, fully covered", half).isNull();
          }
          intervals[0]++;
        });
    assertThat(intervals[0]).isEqualTo(2 * ROWS);
  }

  private static String key(String meter, LocalDateTime start) {
    return meter + " import " + start.toInstant(STANDARD_TIME);
  }
}
