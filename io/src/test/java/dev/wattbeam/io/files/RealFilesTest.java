package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real files against a plain computation over their lines. */
@Tag("slow")
class RealFilesTest {
  @ParameterizedTest
  @CsvSource({
    "minutes_2006-12-16_2007-01-11.txt.gz, 37283, 0",
    "minutes_with_missing.txt.gz, 12257, 2",
    "minutes_2007-02-01_02.csv.gz, 2880, 0"
  })
  void uciHousehold(String name, long rows, long missing) throws IOException {
    Path file = SharedData.file("uci-household/" + name);
    Plain plain = new Plain();
    long plainRows = 0;
    long plainMissing = 0;
    for (String line : lines(file)) {
      String[] fields = line.replace("\"", "").trim().split(";", -1);
      if (line.isBlank() || fields[0].equals("Date")) {
        continue;
      }
      plainRows++;
      int before = plain.count;
      plain.add("uci-household import", fields[2], 1);
      for (int i = 1; i <= 3; i++) {
        plain.add("uci-household submeter-" + i, fields[5 + i], 1000);
      }
      plainMissing += plain.count == before ? 1 : 0;
    }
    Result result = read(file, "uci-household");
    assertThat(result.scan.rows()).isEqualTo(plainRows).isEqualTo(rows);
    assertThat(result.missing).isEqualTo(plainMissing).isEqualTo(missing);
    assertThat(result.rejected).isZero();
    assertThat(result.published).isEqualTo(rows - missing);
    assertThat(result.sums.count).isEqualTo(plain.count);
    assertThat(result.scan.readings()).isEqualTo(plain.count);
    assertThat(result.sums.sums).isEqualTo(plain.sums);
    assertThat(result.scan.inTimeOrder()).isTrue();
  }

  @Test
  void sgsc() throws IOException {
    Path file = SharedData.file("smart-meters/sgsc_50_households_30min.csv.gz");
    Plain plain = new Plain();
    List<String> lines = lines(file);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      plain.add(fields[0] + " import", fields[3], 1);
      // The other columns are zero in this file throughout: those channels do not exist.
      for (int i = 4; i < 8; i++) {
        assertThat(new BigDecimal(fields[i])).isZero();
      }
    }
    Result result = read(file, "sgsc");
    assertThat(result.scan.rows()).isEqualTo(1_450_232);
    assertThat(result.published).isEqualTo(1_450_232);
    assertThat(result.scan.readings()).isEqualTo(1_450_232);
    assertThat(result.scan.meters()).hasSize(50);
    assertThat(result.sums.count).isEqualTo(plain.count);
    assertThat(result.sums.sums).isEqualTo(plain.sums);
    assertThat(Instant.ofEpochMilli(result.scan.firstMillis())).isEqualTo("2012-02-09T22:30:00Z");
  }

  @Test
  void london() throws IOException {
    Path file = SharedData.file("smart-meters/london_MAC000060_30min.csv.gz");
    Plain plain = new Plain();
    List<String> lines = lines(file);
    for (String line : lines.subList(1, lines.size())) {
      plain.add("MAC000060 import", line.split(",", -1)[1], 1);
    }
    Result result = read(file, ReadingFormat.of("london-smart-meter").withMeter("MAC000060"));
    assertThat(result.published).isEqualTo(lines.size() - 1);
    assertThat(result.sums.sums).isEqualTo(plain.sums);
  }

  @ParameterizedTest
  @CsvSource({
    "load, smard-load, 3, import, 507362201",
    "generation, smard-generation, 12, lignite, 128365963.75"
  })
  void smard(String name, String format, int channels, String channel, String megawattHours)
      throws IOException {
    Path file = SharedData.file("smard-de/" + name + "_2018.csv.gz");
    List<String> lines = lines(file);
    Plain plain = new Plain();
    List<CsvMapping.Channel> columns = ReadingFormat.of(format).mapping().channels();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(";", -1);
      for (int i = 0; i < columns.size(); i++) {
        String number = fields[2 + i].replace(".", "").replace(',', '.');
        plain.add(
            format + " " + columns.get(i).channel(), new BigDecimal(number).movePointRight(3));
      }
    }
    Result result = read(file, format);
    assertThat(result.scan.rows()).isEqualTo(35_040);
    assertThat(result.published).isEqualTo(35_040);
    assertThat(result.scan.meters().get(0).channels()).hasSize(channels);
    assertThat(result.sums.sums).isEqualTo(plain.sums);
    assertThat(result.sums.sums.get(format + " " + channel))
        .isEqualByComparingTo(new BigDecimal(megawattHours).movePointRight(3));
    // The clock changes cost and give an hour, so every quarter-hour of the year is there once.
    assertThat(result.times).hasSize(35_040).isEqualTo(quarterHours(result.scan));
    assertThat(Instant.ofEpochMilli(result.scan.firstMillis())).isEqualTo("2017-12-31T23:15:00Z");
    assertThat(Instant.ofEpochMilli(result.scan.lastMillis())).isEqualTo("2018-12-31T23:00:00Z");
  }

  private static TreeSet<Long> quarterHours(FileScan scan) {
    TreeSet<Long> times = new TreeSet<>();
    for (long time = scan.firstMillis(); time <= scan.lastMillis(); time += 900_000) {
      times.add(time);
    }
    return times;
  }

  /** The totals are those of the files' own summaries where they have one. */
  @ParameterizedTest
  @CsvSource({
    // 1 304 716 Wh of the last billing period and 93 018 Wh of the current one.
    "15minLP_15Days, 1340, 900, 1397.734, 2012-03-01T05:15:00Z, 2012-03-15T04:00:00Z",
    // March 2011 in New York has 743 hours.
    "hourlyForMonthMar, 743, 3600, 2278.213, 2011-03-01T06:00:00Z, 2011-04-01T04:00:00Z"
  })
  void greenButton(String name, int rows, long seconds, BigDecimal kwh, String first, String last)
      throws IOException {
    Result result = read(SharedData.file("green-button/" + name + ".xml.gz"), "green-button");
    assertThat(result.scan.rows()).isEqualTo(rows);
    assertThat(result.published).isEqualTo(rows);
    assertThat(result.sums.sums)
        .isEqualTo(Map.of("RetailCustomer/9b6c7063/UsagePoint/01 import", kwh));
    assertThat(result.scan.inTimeOrder()).isTrue();
    assertThat(Instant.ofEpochMilli(result.scan.firstMillis())).isEqualTo(first);
    assertThat(Instant.ofEpochMilli(result.scan.lastMillis())).isEqualTo(last);
    assertThat(result.durations).isEqualTo(Map.of(seconds * 1000, rows));
    assertThat(result.scan.meters().get(0).zone()).isEqualTo(ZoneId.of("America/New_York"));
  }

  @Test
  void greenButtonWithFiveUsagePoints() throws IOException {
    Result result =
        read(SharedData.file("green-button/1hrLP_32DaysFiveUsagePoints_M.xml.gz"), "green-button");
    assertThat(result.scan.rows()).isEqualTo(5 * 768);
    assertThat(result.published).isEqualTo(5 * 768);
    assertThat(result.sums.sums)
        .isEqualTo(
            Map.of(
                "User/9b6c7063/UsagePoint/01 import", new BigDecimal("2361.801"),
                "User/9b6c7064/UsagePoint/01 import", new BigDecimal("2133.834"),
                "User/9b6c7065/UsagePoint/01 import", new BigDecimal("2692.638"),
                "User/9b6c7066/UsagePoint/01 import", new BigDecimal("2224.885"),
                "User/9b6c7067/UsagePoint/01 import", new BigDecimal("25326.468")));
    assertThat(result.scan.meters())
        .hasSize(5)
        .extracting(Meter::zone)
        .containsOnly(ZoneId.of("America/New_York"));
    assertThat(result.times).hasSize(768);
  }

  private static Result read(Path file, String format) throws IOException {
    return read(file, ReadingFormat.of(format));
  }

  private static Result read(Path file, ReadingFormat format) throws IOException {
    Result result = new Result();
    result.scan = FileScan.of(List.of(file), format);
    try (ReadingFile open = ReadingFile.open(file, format, result.scan.absentChannels())) {
      for (FileRow row = open.next(); row != null; row = open.next()) {
        if (row instanceof FileRow.Readings readings) {
          result.published++;
          for (Reading reading : readings.readings()) {
            result.times.add(reading.timeMillis());
            result.durations.merge(reading.durationMillis(), 1, Integer::sum);
            result.sums.add(
                reading.meter() + " " + reading.channel(), Energy.toUnits(reading.value()));
          }
        } else if (row instanceof FileRow.Missing) {
          result.missing++;
        } else {
          result.rejected++;
        }
      }
    }
    return result;
  }

  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  private static final class Result {
    private final Plain sums = new Plain();
    private final TreeSet<Long> times = new TreeSet<>();
    private final Map<Long, Integer> durations = new TreeMap<>();
    private FileScan scan;
    private long published;
    private long missing;
    private long rejected;
  }

  /** Exact sums in kW or kWh per meter and channel. */
  private static final class Plain {
    private final TreeMap<String, BigDecimal> sums = new TreeMap<>();
    private int count;

    void add(String key, String text, int divisor) {
      if (!text.isBlank() && !text.trim().equals("?")) {
        add(key, new BigDecimal(text.trim()).divide(BigDecimal.valueOf(divisor)));
      }
    }

    void add(String key, BigDecimal value) {
      count++;
      BigDecimal sum = sums.merge(key, value, BigDecimal::add);
      sums.put(key, sum.signum() == 0 ? BigDecimal.ZERO : sum.stripTrailingZeros());
    }
  }
}
