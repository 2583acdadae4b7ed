package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
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
