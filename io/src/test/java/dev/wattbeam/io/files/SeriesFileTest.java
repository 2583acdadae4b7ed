package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesFileTest {
  private static final long KNOWN = Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();

  @TempDir private Path folder;

  /** What a file gave. */
  private static final class Content {
    private final List<GridSignal> signals = new ArrayList<>();
    private final List<DeadLetter> rejected = new ArrayList<>();
    private int rows;
    private int missing;

    /** Values by moment and {@code name kind}; in whole units, since all real ones are so. */
    private final TreeMap<Instant, Map<String, Double>> values = new TreeMap<>();

    static Content of(Path file, String format) throws IOException {
      Content content = new Content();
      SeriesFile.of(file, SeriesFormat.of(format), KNOWN).read(content::take);
      return content;
    }

    private void take(SeriesFile.Row row) {
      rows++;
      if (row.rejected() != null) {
        rejected.add(row.rejected());
      } else if (row.signals().isEmpty()) {
        missing++;
      }
      for (GridSignal signal : row.signals()) {
        signals.add(signal);
        Map<String, Double> at =
            values.computeIfAbsent(
                Instant.ofEpochMilli(signal.startMillis()), start -> new HashMap<>());
        for (GridValue value : signal.values()) {
          at.put(value.name() + " " + value.kind().code(), value.value() / 1e9);
        }
      }
    }

    private List<String> lines() {
      return signals.stream()
          .map(
              signal ->
                  Instant.ofEpochMilli(signal.startMillis())
                      + "+"
                      + (signal.endMillis() - signal.startMillis()) / 60_000
                      + " "
                      + signal.area()
                      + " "
                      + signal.stage().code()
                      + " "
                      + signal.values().stream()
                          .map(value -> value.name() + "=" + value.value() / 1_000_000_000)
                          .toList())
          .toList();
    }
  }

  private Path file(String... lines) throws IOException {
    return Files.writeString(folder.resolve("file.csv"), String.join("\r\n", lines) + "\r\n");
  }

  @Test
  void readsEco2mixInAnyOrderWithSpansOfTwoLengths() throws IOException {
    Path file =
        file(
            "\uFEFFPérimètre;Nature;Date;Heure;Date - Heure;Consommation (MW);Prévision J-1 (MW);"
                + "Nucléaire (MW);Pompage (MW);Taux de CO2 (g/kWh);Ech. comm. Espagne (MW)",
            "France;Données temps réel;2021-10-31;02:45;2021-10-31T02:45:00+01:00;41;;21;-1;9;",
            "France;Données temps réel;2021-10-31;02:30;2021-10-31T02:30:00+02:00;40;39;20;-1;8;-7",
            "",
            "France;Données définitives;2021-10-31;02:30;2021-10-31T02:30:00+01:00;42;;22;-1;9;5",
            "France;Données temps réel;2021-10-31;03:00;2021-10-31T03:00:00+01:00;;;;;ND;",
            "France;Données;2021-10-31;03:15;2021-10-31T03:15:00+01:00;1;;;;;",
            "France;Données temps réel;2021-10-31;03:15;2021-10-31T03:15;x;;;;;",
            "France;Données temps réel;2021-10-31;03:15;31/10/2021 03:15;1;;;;;",
            "France;Données temps réel;2021-10-31;03:15");
    Content content = Content.of(file, "eco2mix-national");
    assertThat(content.lines())
        .containsExactly(
            "2021-10-31T01:45:00Z+15 FR provisional"
                + " [consumption=41, generation.nuclear=21, pumping=-1, carbon-intensity=9]",
            "2021-10-31T00:30:00Z+15 FR provisional"
                + " [consumption=40, generation.nuclear=20, pumping=-1, carbon-intensity=8]",
            "2021-10-31T00:30:00Z+30 FR provisional"
                + " [consumption=39, exchange-commercial.spain=-7]",
            "2021-10-31T01:30:00Z+15 FR final"
                + " [consumption=42, generation.nuclear=22, pumping=-1, carbon-intensity=9]",
            "2021-10-31T01:30:00Z+30 FR final [exchange-commercial.spain=5]");
    assertThat(content.missing).isEqualTo(1);
    assertThat(content.rejected.stream().map(DeadLetter::code))
        .containsExactly(
            DeadLetterCode.UNKNOWN_KIND,
            DeadLetterCode.INVALID_VALUE,
            DeadLetterCode.INVALID_TIME,
            DeadLetterCode.INVALID_ROW);
    assertThat(content.rejected.get(0).origin().position()).isEqualTo(7);
    assertThat(content.rejected.get(0).payload()).startsWith("France;Données;2021-10-31;03:15");
  }

  @Test
  void readsRegions() throws IOException {
    Path file =
        file(
            "Code INSEE région;Région;Nature;Date;Heure;Date - Heure;Consommation (MW);"
                + "Thermique (MW);Ech. physiques (MW);TCO Thermique (%);TCH Thermique (%);Column 30",
            "11;Île-de-France;Données consolidées;2022-01-01;00:00;2022-01-01T00:00:00+01:00;"
                + "5000;300;ND;6.5;12.25;",
            "93;Provence-Alpes-Côte d'Azur;Données définitives;2022-01-01;00:30;"
                + "2022-01-01T00:30:00+01:00;3000;100;2900;3.33;-;");
    Content content = Content.of(file, "eco2mix-regional");
    assertThat(content.lines())
        .containsExactly(
            "2021-12-31T23:00:00Z+30 FR-11 consolidated"
                + " [consumption=5000, generation.thermal=300, consumption-share.thermal=6]",
            // A value on the hour alone stands for the hour.
            "2021-12-31T23:00:00Z+60 FR-11 consolidated [load-factor.thermal=12]",
            "2021-12-31T23:30:00Z+30 FR-93 final"
                + " [consumption=3000, generation.thermal=100, exchange.physical=2900,"
                + " consumption-share.thermal=3]");
  }

  @Test
  void readsPricesOfAFileWithoutOffsets() throws IOException {
    Path file =
        file(
            ",Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA",
            "3/27/2016 1:00,9.2,51650,53597,54399,0,4384",
            "3/27/2016 2:00,9.2,51650,53597,54399,0,4384",
            "3/27/2016 3:00,-8.56,51500,0,52259,0,4351",
            "10/30/2016 2:00,0,48700,,,,");
    Content content = Content.of(file, "fr-day-ahead-hourly");
    assertThat(content.lines())
        .containsExactly(
            "2016-03-27T00:00:00Z+60 FR final [price.day-ahead=9, consumption=51650,"
                + " consumption=53597, generation-scheduled=54399]",
            "2016-03-27T01:00:00Z+60 FR final [price.day-ahead=-8, consumption=51500,"
                + " generation-scheduled=52259]",
            "2016-10-30T00:00:00Z+60 FR final [price.day-ahead=0, consumption=48700]");
    assertThat(content.rejected.stream().map(DeadLetter::code))
        .containsExactly(DeadLetterCode.LOCAL_TIME_NONEXISTENT);
  }

  static List<String> formats() {
    return SeriesFormat.names();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void knowsItsFormats(String name) throws IOException {
    SeriesFormat format = SeriesFormat.of(name);
    assertThat(format.columns().stream().map(column -> column.name() + " " + column.kind()))
        .doesNotHaveDuplicates();
    assertThatThrownBy(() -> Content.of(file("a,b", "1,2"), name))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContainingAll("has no column", "its header has \"a,b\"".substring(0, 16));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"a\":1}",
        "{\"source\":\"X\",\"area\":{\"constant\":\"FR\"},\"time\":{\"column\":\"t\"},"
            + "\"values\":[{\"column\":\"v\",\"name\":\"n\",\"unit\":\"MW\"}]}",
        "{\"source\":\"x\",\"area\":{\"constant\":\"FR\"},\"time\":{\"column\":\"t\"},"
            + "\"values\":[{\"column\":\"v\",\"name\":\"n\",\"unit\":\"mW\"}]}",
        "{\"source\":\"x\",\"area\":{\"constant\":\"FR\"},"
            + "\"time\":{\"column\":\"t\",\"pattern\":\"dd/MM/yyyy HH:mm\"},"
            + "\"values\":[{\"column\":\"v\",\"name\":\"n\",\"unit\":\"MW\"}]}"
      })
  void refusesMappings(String json) {
    assertThatThrownBy(() -> SeriesFormat.parse("mine.json", json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Mapping mine.json");
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    assertThatThrownBy(() -> Content.of(folder.resolve("no.csv"), "gb-carbon-csv"))
        .hasMessageContaining("There is no file");
    Path empty = Files.createFile(folder.resolve("empty.csv"));
    assertThatThrownBy(() -> Content.of(empty, "gb-carbon-csv")).hasMessageContaining("is empty");
    assertThatThrownBy(() -> SeriesFormat.of("eco2mix")).hasMessageContaining("eco2mix-national");
    Path cut = folder.resolve("cut.csv.gz");
    Path whole = folder.resolve("whole.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      out.write("Datetime (UTC),Index\n2024-01-01T00:00Z,low\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Content.of(whole, "gb-carbon-csv").lines())
        .containsExactly("2024-01-01T00:00:00Z+30 GB provisional [carbon-index=2]");
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length - 12));
    assertThatThrownBy(() -> Content.of(cut, "gb-carbon-csv")).hasMessageContaining("damaged");
  }

  // Real files --------------------------------------------------------------------------------

  /** Rows by header, read in the plainest way. */
  private static List<Map<String, String>> plain(Path file, String delimiter) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      String[] header = in.readLine().split(delimiter, -1);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] fields = line.split(delimiter, -1);
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < header.length; i++) {
          row.put(header[i], fields[i]);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Test
  void aRealMonthOfEco2mixAddsUp() throws IOException {
    Path file = SharedData.file("rte-eco2mix/eco2mix_national_realtime_2021-12.csv.gz");
    Content content = Content.of(file, "eco2mix-national");
    assertThat(content.rejected).isEmpty();
    assertThat(content.rows).isEqualTo(2976);
    assertThat(content.values).hasSize(2976);
    assertThat(content.signals).allMatch(signal -> signal.stage() == GridStage.PROVISIONAL);
    // Every second row has spans of half an hour too, with the commercial exchange.
    assertThat(content.signals).hasSize(2976 + 1488);
    for (Map.Entry<Instant, Map<String, Double>> at : content.values.entrySet()) {
      double supply = 0;
      for (Map.Entry<String, Double> value : at.getValue().entrySet()) {
        if (value.getKey().matches("(generation\\..*|pumping|exchange\\.physical) actual")) {
          supply += value.getValue();
        }
      }
      assertThat(supply)
          .as("consumption at " + at.getKey())
          .isCloseTo(at.getValue().get("consumption actual"), within(1.0));
    }
    Map<String, Double> sums = new TreeMap<>();
    for (Map<String, String> row : plain(file, ";")) {
      row.forEach(
          (column, text) -> {
            if (column.matches("[^-]* \\(MW\\)") && !text.isBlank()) {
              sums.merge(column, Double.parseDouble(text.strip()), Double::sum);
            }
          });
    }
    assertThat(sum(content, "generation.nuclear actual")).isEqualTo(sums.get("Nucléaire (MW)"));
    assertThat(sum(content, "generation.wind actual")).isEqualTo(sums.get("Eolien (MW)"));
    assertThat(sum(content, "generation.bioenergy actual")).isEqualTo(sums.get("Bioénergies (MW)"));
    assertThat(sum(content, "consumption actual")).isEqualTo(sums.get("Consommation (MW)"));
  }

  private static double sum(Content content, String key) {
    return content.values.values().stream()
        .filter(values -> values.containsKey(key))
        .mapToDouble(values -> values.get(key))
        .sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {2015, 2016})
  void realYearsOfConsumption(int year) throws IOException {
    Path file = SharedData.file("rte-eco2mix/national_consumption_" + year + ".csv.gz");
    Content content = Content.of(file, "eco2mix-consumption");
    int days = year == 2016 ? 366 : 365;
    assertThat(content.rows).isEqualTo(days * 96);
    assertThat(content.missing).as("each second row is empty").isEqualTo(days * 48);
    // On the day of the spring change 02:00 and 02:30 do not exist.
    assertThat(content.rejected.stream().map(DeadLetter::code))
        .containsExactly(
            DeadLetterCode.LOCAL_TIME_NONEXISTENT, DeadLetterCode.LOCAL_TIME_NONEXISTENT);
    // In autumn the second 02:00 and 02:30 are not there, so the year lacks an hour.
    assertThat(content.values).hasSize(days * 48 - 2);
    assertThat(content.signals)
        .allMatch(signal -> signal.endMillis() - signal.startMillis() == 1_800_000);
    double all = 0;
    for (Map<String, String> row : plain(file, ";")) {
      boolean skipped =
          row.get("Heures").startsWith("02:")
              && List.of("29/03/2015", "27/03/2016").contains(row.get("Date"));
      String text = row.get("Consommation").strip();
      all += text.isEmpty() || skipped ? 0 : Double.parseDouble(text);
    }
    assertThat(sum(content, "consumption actual")).isEqualTo(all);
  }

  @Test
  void theCarbonIndexFollowsTheIntensity() throws IOException {
    Map<Integer, double[]> bands = new TreeMap<>();
    int rows = 0;
    for (int month = 1; month <= 6; month++) {
      Content content =
          Content.of(SharedData.file("gb-carbon/2024-0" + month + ".csv.gz"), "gb-carbon-csv");
      assertThat(content.rejected).isEmpty();
      rows += content.rows;
      for (Map<String, Double> values : content.values.values()) {
        double intensity = values.get("carbon-intensity actual");
        double[] range =
            bands.computeIfAbsent(
                values.get("carbon-index " + GridKind.ACTUAL.code()).intValue(),
                band -> new double[] {Double.MAX_VALUE, 0});
        range[0] = Math.min(range[0], intensity);
        range[1] = Math.max(range[1], intensity);
      }
    }
    assertThat(rows).as("29 February is not there").isEqualTo((182 - 1) * 48);
    assertThat(bands).containsOnlyKeys(1, 2, 3, 4, 5);
    for (int band = 2; band <= 5; band++) {
      assertThat(bands.get(band)[0]).isGreaterThanOrEqualTo(bands.get(band - 1)[1]);
    }
  }

  @Test
  void realPrices() throws IOException {
    Path file = SharedData.file("prices/FR_day_ahead_price_and_load_hourly.csv.gz");
    Content content = Content.of(file, "fr-day-ahead-hourly");
    assertThat(content.rows).isEqualTo(74_376);
    // One hour per spring from 2015 to 2023.
    assertThat(content.rejected).hasSize(9);
    assertThat(content.rejected)
        .allMatch(letter -> letter.code() == DeadLetterCode.LOCAL_TIME_NONEXISTENT);
    assertThat(content.values.get(Instant.parse("2016-10-29T23:00:00Z")))
        .containsEntry("price.day-ahead actual", 42.87)
        .doesNotContainKey("consumption actual");
  }
}
