package dev.wattbeam.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files through real servers and the whole pipeline, on the Direct runner. */
class OneShotTest {
  @TempDir Path directory;

  @Test
  void householdFileBecomesRowsThatAddUp() throws IOException {
    String header =
        "Date;Time;Global_active_power;Global_reactive_power;Voltage;Global_intensity;"
            + "Sub_metering_1;Sub_metering_2;Sub_metering_3\n";
    StringBuilder rows = new StringBuilder(header);
    // Half an hour of 1.2 kW from 1:00 local time (0:00 UTC) on, one minute missing, one row twice.
    for (int minute = 0; minute < 30; minute++) {
      rows.append(
          minute == 20
              ? "1/2/2007;01:20:00;?;?;?;?;?;?;\n"
              : String.format(Locale.ROOT, "1/2/2007;01:%02d:00;1.200;0;240;5;0;1;18\n", minute));
    }
    rows.append("1/2/2007;01:05:00;1.200;0;240;5;0;1;18\n");
    rows.append("1/2/2007;01:xx:00;1.200;0;240;5;0;1;18\n");
    Path file = Files.writeString(directory.resolve("household.txt"), rows);

    Path export = directory.resolve("result");
    DemoRun run = once(file, "uci-household", export);

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode summary = summary(export);
    assertThat(summary.get("rowsRead").asLong()).isEqualTo(32);
    assertThat(summary.get("rowsPublished").asLong()).isEqualTo(30);
    assertThat(summary.get("rowsMissing").asLong()).isEqualTo(1);
    assertThat(summary.get("rowsRejected").asLong()).isEqualTo(1);
    assertThat(summary.get("readingsPublished").asLong()).isEqualTo(120);
    assertThat(summary.get("accepted").asLong()).isEqualTo(116);
    assertThat(summary.get("duplicates").asLong()).isEqualTo(4);
    assertThat(summary.get("late").asLong()).isZero();
    assertThat(summary.get("deadLetters")).isEmpty();
    assertThat(summary.get("meters").asLong()).isEqualTo(1);
    JsonNode energy = summary.get("energyKwh").get("uci-household");
    assertThat(energy.get("import").decimalValue()).isEqualByComparingTo("0.58");
    assertThat(energy.get("submeter-1").decimalValue()).isEqualByComparingTo("0");
    assertThat(energy.get("submeter-2").decimalValue()).isEqualByComparingTo("0.029");
    assertThat(energy.get("submeter-3").decimalValue()).isEqualByComparingTo("0.522");

    List<CSVRecord> intervals = csv(export, "intervals");
    assertThat(intervals.get(0).getParser().getHeaderNames())
        .startsWith(
            "meter",
            "channel",
            "start",
            "energy_kwh",
            "mean_kw",
            "min_kw",
            "max_kw",
            "samples",
            "coverage",
            "quality",
            "revision");
    Map<String, String> imported = new TreeMap<>();
    for (CSVRecord row : intervals) {
      if (row.get("channel").equals("import")) {
        imported.put(row.get("start"), row.get("energy_kwh") + " " + row.get("samples"));
      }
    }
    assertThat(imported)
        .isEqualTo(Map.of("2007-02-01T00:00:00Z", "0.3 15", "2007-02-01T00:15:00Z", "0.28 14"));
    assertThat(csv(export, "days"))
        .extracting(row -> row.get("start"))
        .containsOnly("2007-01-31T23:00:00Z");
    assertThat(csv(export, "hours")).hasSize(4);
    assertThat(csv(export, "months")).hasSize(4);
    assertThat(csv(export, "groups")).isEmpty();
    assertThat(csv(export, "dead_letters"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("payload")).startsWith("1/2/2007;01:xx:00");
              assertThat(row.get("source")).isEqualTo("household.txt");
              assertThat(row.get("position")).isEqualTo("33");
            });
    assertThat(export.toFile().list())
        .containsExactlyInAnyOrder(
            "intervals.csv",
            "hours.csv",
            "days.csv",
            "months.csv",
            "groups.csv",
            "dead_letters.csv",
            "summary.json");
    assertThat(run.out()).contains("rows read").contains("0.58 kWh");
  }

  @Test
  void jsonLinesWithEveryKindOfTroubleAreAccountedFor() throws IOException {
    String good = reading("m1", "2024-03-01T00:15:00Z", "0.25", 2);
    List<String> lines =
        List.of(
            good,
            reading("m1", "2024-03-01T00:30:00Z", "0.5", 3),
            reading("m2", "2024-03-01T01:30:00+01:00", "0.125", 1),
            good,
            // An older version of the same reading.
            reading("m1", "2024-03-01T00:15:00Z", "0.75", 1),
            "{\"schemaVersion\":1,\"meter\":\"m1\"",
            good.replace("kWh", "furlong"),
            reading("m1", "1970-01-01T00:00:00Z", "1", 9),
            "not even JSON, 'quoted', \"twice\", with a comma");
    Path file = Files.write(directory.resolve("readings.jsonl"), lines);

    Path export = directory.resolve("result");
    DemoRun run = once(file, "canonical-json", export);

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode summary = summary(export);
    assertThat(summary.get("rowsRead").asLong()).isEqualTo(9);
    assertThat(summary.get("rowsPublished").asLong()).isEqualTo(9);
    assertThat(summary.get("readingsPublished").asLong()).isEqualTo(9);
    assertThat(summary.get("accepted").asLong()).isEqualTo(3);
    assertThat(summary.get("duplicates").asLong()).isEqualTo(1);
    assertThat(summary.get("late").asLong()).isZero();
    assertThat(new ObjectMapper().convertValue(summary.get("deadLetters"), Map.class))
        .isEqualTo(
            Map.of(
                "CONFLICTING_READING", 1,
                "MALFORMED_MESSAGE", 2,
                "UNKNOWN_UNIT", 1,
                "TIME_TOO_OLD", 1));
    assertThat(summary.get("meters").asLong()).isEqualTo(2);
    assertThat(summary.get("energyKwh").get("m1").get("import").decimalValue())
        .isEqualByComparingTo("0.75");
    BigDecimal exported =
        csv(export, "intervals").stream()
            .map(row -> new BigDecimal(row.get("energy_kwh")))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(exported).isEqualByComparingTo("0.875");
    assertThat(
            csv(export, "dead_letters").stream()
                .map(row -> row.get("payload"))
                .collect(Collectors.toSet()))
        .contains(lines.get(5), lines.get(8));
  }

  private static String reading(String meter, String time, String kwh, int sequence) {
    return String.format(
        Locale.ROOT,
        "{\"schemaVersion\":1,\"meter\":\"%s\",\"channel\":\"import\",\"type\":\"interval\","
            + "\"unit\":\"kWh\",\"time\":\"%s\",\"value\":%s,\"durationSeconds\":900,"
            + "\"sequence\":%d}",
        meter,
        time,
        kwh,
        sequence);
  }

  private static DemoRun once(Path file, String format, Path export) {
    return DemoRun.of(
        "--input=" + file,
        "--format=" + format,
        "--once",
        "--ephemeral",
        "--runner=direct",
        "--export=" + export);
  }

  private static JsonNode summary(Path export) throws IOException {
    return new ObjectMapper()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .readTree(export.resolve("summary.json").toFile());
  }

  private static List<CSVRecord> csv(Path export, String name) throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser =
        CSVParser.parse(export.resolve(name + ".csv"), StandardCharsets.UTF_8, format)) {
      return parser.getRecords();
    }
  }
}
