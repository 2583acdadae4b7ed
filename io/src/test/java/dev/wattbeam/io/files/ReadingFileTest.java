package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingFileTest {
  private static final String UCI_HEADER =
      "Date;Time;Global_active_power;Global_reactive_power;Voltage;Global_intensity;"
          + "Sub_metering_1;Sub_metering_2;Sub_metering_3\r\n";
  private static final ReadingFormat UCI = ReadingFormat.of("uci-household");

  @Test
  void uciRowsBecomePowerAndSubmeters() throws IOException {
    Rows rows =
        Rows.of(
            UCI_HEADER
                + "1/7/2007;08:05:00;1.234;0.4;240.1;5.2;0.000;1.000;17.000 \r\n"
                + "1/7/2007;08:06:00;?;?;?;?;?;?;\r\n"
                + "1/7/2007;08:07:00;0.5;;;;?;;2.000\r\n"
                + "\r\n",
            UCI);
    long end = Instant.parse("2007-07-01T06:06:00Z").toEpochMilli();
    assertThat(rows.readings().subList(0, 4))
        .containsExactly(
            Reading.of("uci-household", "import", ReadingType.POWER, end, 1_234_000_000, 60_000),
            Reading.of("uci-household", "submeter-1", ReadingType.INTERVAL, end, 0, 60_000),
            Reading.of("uci-household", "submeter-2", ReadingType.INTERVAL, end, 1_000_000, 60_000),
            Reading.of(
                "uci-household", "submeter-3", ReadingType.INTERVAL, end, 17_000_000, 60_000));
    assertThat(rows.readings().subList(4, 6))
        .extracting(Reading::channel)
        .containsExactly("import", "submeter-3");
    assertThat(rows.all()).hasSize(3);
    assertThat(rows.published()).isEqualTo(2);
    assertThat(rows.missing()).isEqualTo(1);
    assertThat(rows.all()).extracting(FileRow::line).containsExactly(2L, 3L, 4L);
  }

  @Test
  void uciVariantWithQuotesAndAnotherColumn() throws IOException {
    Rows rows =
        Rows.of(
            "\"Date\";\"Time\";\"Global_active_power\";\"Global_reactive_power\";\"Voltage\";"
                + "\"Global_intensity\";\"Sub_metering_1\";\"Sub_metering_2\";\"Sub_metering_3\";"
                + "\"DateTime\"\n"
                + "\"01/02/2007\";\"00:00:00\";0.3;\"0.1\";\"243.1\";\"1.4\";\"0.000\";\"0.000\";5;"
                + "2007-02-01 00:00:00\n",
            UCI.withMeter("house").withZone(ZoneId.of("UTC")));
    assertThat(rows.readings()).hasSize(4);
    assertThat(rows.readings().get(3))
        .isEqualTo(
            Reading.of(
                "house",
                "submeter-3",
                ReadingType.INTERVAL,
                Instant.parse("2007-02-01T00:01:00Z").toEpochMilli(),
                5_000_000,
                60_000));
  }

  @Test
  void smardRowsHaveThousandsDotsAndThreeOClockTwice() throws IOException {
    Rows rows =
        Rows.of(
            "\uFEFFDatum;Uhrzeit;Gesamt (Netzlast)[MWh];Residuallast[MWh];Pumpspeicher[MWh]\n"
                + "28.10.2018;02:45;11.366;3.627,25;-\n"
                + "28.10.2018;02:00;11.230;-3,5;279\n"
                + "28.10.2018;03:00;11.36;3.328;279\n",
            ReadingFormat.of("smard-load"));
    long nanosPerMegawattHour = 1_000_000_000_000L;
    assertThat(rows.readings())
        .extracting(reading -> reading.channel() + " " + reading.value())
        .containsExactly(
            "import " + 11_366 * nanosPerMegawattHour,
            "residual-load " + 3_627_250 * (nanosPerMegawattHour / 1000),
            "import " + 11_230 * nanosPerMegawattHour,
            "residual-load " + -3_500 * (nanosPerMegawattHour / 1000),
            "pumped-storage " + 279 * nanosPerMegawattHour);
    // The second 02:00 is after 02:45.
    assertThat(rows.times()).startsWith("2018-10-28T01:00:00Z").endsWith("2018-10-28T01:15:00Z");
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(DeadLetterCode.INVALID_VALUE);
  }

  @Test
  void oneBadFieldRejectsTheRow() throws IOException {
    Rows rows =
        Rows.of(
            UCI_HEADER
                + "1/2/2007;00:00:00;1.0;0;0;0;abc;0;0\n"
                + "31/2/2007;00:00:00;1.0;0;0;0;0;0;0\n"
                + "1/2/2007;00:00:00;1.0;0;0\n"
                + "1/2/2007;00:00:00;1.0;0;0;0;0;0;0;;\n"
                + "1/2/2007;00:00:00;1.0;0;0;0;0;0;0;9\n"
                + ";;1.0;0;0;0;0;0;0\n"
                + "1/2/2007;00:00:00;\"1.0;0;0;0;0;0;0\n"
                + "1/2/2007;00:00:00;99999999999;0;0;0;0;0;0\n"
                + "1/2/2007;00:01:00;NaN;0;0;0;0;0;0\n"
                + "25/3/2007;02:30:00;1.0;0;0;0;0;0;0\n",
            UCI);
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(
            DeadLetterCode.INVALID_VALUE,
            DeadLetterCode.INVALID_TIME,
            DeadLetterCode.INVALID_ROW,
            DeadLetterCode.INVALID_ROW,
            DeadLetterCode.MISSING_FIELD,
            DeadLetterCode.INVALID_ROW,
            DeadLetterCode.VALUE_OUT_OF_RANGE,
            DeadLetterCode.INVALID_VALUE,
            DeadLetterCode.LOCAL_TIME_NONEXISTENT);
    assertThat(rows.published()).isEqualTo(1);
    DeadLetter first = rows.rejected().get(0);
    assertThat(first.message()).contains("\"Sub_metering_1\"").contains("\"abc\"");
    assertThat(first.payload()).isEqualTo("1/2/2007;00:00:00;1.0;0;0;0;abc;0;0");
    assertThat(first.origin()).isEqualTo(new Origin("test.csv", 0, 2));
    assertThat(first.pipeline()).isEqualTo("publish-readings");
    assertThat(rows.rejected().get(8).message()).contains("Europe/Paris").contains("02:30:00");
  }

  @Test
  void autumnHourIsReadTwice() throws IOException {
    String header = "meter,time,kwh\n";
    ReadingFormat format =
        mapping(
            """
            "meter": {"column": "meter"}, "zone": "Europe/Paris",
            "time": {"column": "time", "stamp": "end", "periodSeconds": 1800},
            "channels": [{"column": "kwh", "type": "interval", "unit": "kWh"}]
            """);
    String up =
        "a,2023-10-29 01:30,1\na,2023-10-29 02:00,1\nb,2023-10-29 02:30,1\na,2023-10-29 02:30,1\n"
            + "a,2023-10-29 02:00,1\na,2023-10-29 02:30,1\na,2023-10-29 03:00,1\n";
    assertThat(Rows.of(header + up, format).times())
        .containsExactly(
            "2023-10-28T23:30:00Z",
            "2023-10-29T00:00:00Z",
            "2023-10-29T00:30:00Z",
            "2023-10-29T00:30:00Z",
            "2023-10-29T01:00:00Z",
            "2023-10-29T01:30:00Z",
            "2023-10-29T02:00:00Z");
    String down =
        "a,2023-10-29 03:30,1\na,2023-10-29 03:00,1\na,2023-10-29 02:30,1\na,2023-10-29 02:00,1\n"
            + "a,2023-10-29 02:30,1\na,2023-10-29 02:00,1\na,2023-10-29 01:30,1\n";
    assertThat(Rows.of(header + down, format).times())
        .containsExactly(
            "2023-10-29T02:30:00Z",
            "2023-10-29T02:00:00Z",
            "2023-10-29T01:30:00Z",
            "2023-10-29T01:00:00Z",
            "2023-10-29T00:30:00Z",
            "2023-10-29T00:00:00Z",
            "2023-10-28T23:30:00Z");
  }

  @Test
  void registersWithStartAndEndAndNoHeader() throws IOException {
    Rows rows =
        Rows.of(
            "24,2022-03-13 01:46:00-06:00,2022-03-13 03:09:00-05:00\n"
                + "48,2021-06-02 00:00:00Z,2021-06-02 00:00:00Z\n"
                + "48,2021-06-02 00:00:00,2021-06-03 00:00:00Z\n"
                + "48,2021-06-02 00:00:00Z\n",
            mapping(
                """
                "header": false, "meter": {"constant": "m"},
                "time": {"start": 2, "end": 3},
                "channels": [{"column": 1, "type": "register", "unit": "kWh"}]
                """));
    assertThat(rows.readings())
        .containsExactly(
            Reading.of(
                "m",
                "import",
                ReadingType.REGISTER,
                Instant.parse("2022-03-13T08:09:00Z").toEpochMilli(),
                24_000_000_000L,
                0));
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(
            DeadLetterCode.INVALID_DURATION,
            DeadLetterCode.INVALID_TIME,
            DeadLetterCode.INVALID_ROW);
    assertThat(rows.rejected().get(1).message()).contains("has no offset");
  }

  @Test
  void germanNumbersQualityAndSequence() throws IOException {
    String text =
        "Stand von heute\nZähler;Zeit;Leistung (kW);Güte;Nr\n"
            + "Halle \"\"1\"\";1.3.2024 00:15;1.234,5;E;7\n"
            + "\"Halle \"\"1\"\"\";1.3.2024 00:30;-;;\n"
            + "\"Halle \"\"1\"\"\";1.3.2024 00:45;0,25;;8\n"
            + "\"Halle;2\";1.3.2024 00:45;1.5;;8\n"
            + "\"Halle;2\";1.3.2024 00:45;2;X;8\n"
            + "\"Halle;2\";1.3.2024 00:45;2;E;x\n";
    Rows rows =
        Rows.of(
            "\uFEFF" + text,
            mapping(
                """
                "delimiter": ";", "skipLines": 1, "meter": {"column": "Zähler"},
                "time": {"column": "Zeit", "pattern": "d.M.yyyy H:mm", "stamp": "end"},
                "zone": "Europe/Berlin", "decimalMark": ",", "thousandsMark": ".",
                "missing": ["-"],
                "channels": [{"column": "Leistung (kW)", "type": "power", "unit": "kW",
                  "quality": "Güte", "qualities": {"E": "estimated-linear"}, "sequence": "Nr"}]
                """));
    assertThat(rows.readings())
        .containsExactly(
            new Reading(
                "Halle \"\"1\"\"",
                "import",
                ReadingType.POWER,
                Instant.parse("2024-02-29T23:15:00Z").toEpochMilli(),
                1_234_500_000_000L,
                0,
                7,
                Quality.ESTIMATED_LINEAR),
            new Reading(
                "Halle \"1\"",
                "import",
                ReadingType.POWER,
                Instant.parse("2024-02-29T23:45:00Z").toEpochMilli(),
                250_000_000L,
                0,
                8,
                Quality.VALID));
    assertThat(rows.missing()).isEqualTo(1);
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(
            DeadLetterCode.INVALID_VALUE,
            DeadLetterCode.UNKNOWN_QUALITY,
            DeadLetterCode.WRONG_FIELD_TYPE);
  }

  @Test
  void jsonLinesGoOnAsTheyAre() throws IOException {
    String good =
        "{\"meter\":\"m1\",\"channel\":\"import\",\"type\":\"power\","
            + "\"time\":\"2024-03-01T00:00:05+01:00\",\"x\":{\"meter\":\"no\"},\"value\":1}";
    String local = "{\"time\":\"2024-07-01T02:00:00\",\"meter\":\"m2\"}";
    String text =
        good + "\r\n\n" + local + "\n{\"meter\":\"m3\",\"value\":Na\nnot json\n[1]\n42\n{}";
    Rows rows = Rows.of(text, ReadingFormat.canonicalJson().withZone(ZoneId.of("Europe/Paris")));
    assertThat(rows.messages())
        .extracting(message -> new String(message.payload(), StandardCharsets.UTF_8))
        .containsExactly(
            good, local, "{\"meter\":\"m3\",\"value\":Na", "not json", "[1]", "42", "{}");
    assertThat(rows.messages())
        .extracting(FileRow.Message::meter)
        .containsExactly("m1", "m2", "m3", null, null, null, null);
    FileRow.Message first = rows.messages().get(0);
    assertThat(first.channel().channel()).isEqualTo("import");
    assertThat(first.type()).isEqualTo(ReadingType.POWER);
    assertThat(Instant.ofEpochMilli(first.timeMillis())).isEqualTo("2024-02-29T23:00:05Z");
    assertThat(Instant.ofEpochMilli(rows.messages().get(1).timeMillis()))
        .isEqualTo("2024-07-01T00:00:00Z");
    assertThat(rows.messages().get(2).timeMillis()).isEqualTo(FileRow.Message.NO_TIME);
  }

  @Test
  void aLineTooLongForKafkaIsRejected() throws IOException {
    String text = "{\"x\":\"" + "y".repeat(ReadingFile.MAX_ROW_BYTES) + "\"}\n{}\n";
    Rows rows = Rows.of(text, ReadingFormat.canonicalJson());
    assertThat(rows.rejected())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.code()).isEqualTo(DeadLetterCode.OVERSIZED_MESSAGE);
              assertThat(letter.payload()).hasSize(DeadLetter.MAX_PAYLOAD);
            });
    assertThat(rows.messages()).hasSize(1);
  }

  @Test
  void bytesThatAreNoTextAreRejected() throws IOException {
    byte[] bytes =
        (UCI_HEADER + "1/2/2007;00:00:00;1;0;0;0;0;0;X\n").getBytes(StandardCharsets.UTF_8);
    bytes[bytes.length - 2] = (byte) 0xff;
    Rows rows = Rows.of(bytes, UCI, Set.of());
    assertThat(rows.rejected())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.code()).isEqualTo(DeadLetterCode.INVALID_ROW);
              assertThat(letter.payload()).startsWith("base64:");
            });
  }

  @Test
  void gzipIsRecognisedByItsBytes(@TempDir Path folder) throws IOException {
    String text = UCI_HEADER + "1/2/2007;00:00:00;1;0;0;0;0;0;0\n";
    Path file = Files.write(folder.resolve("no-suffix.txt"), Rows.gzip("\uFEFF" + text));
    try (ReadingFile open = ReadingFile.open(file, UCI)) {
      assertThat(open.next()).isInstanceOf(FileRow.Readings.class);
      assertThat(open.next()).isNull();
      assertThat(open.next()).isNull();
      assertThat(open.bytesRead()).isEqualTo(open.size()).isEqualTo(Files.size(file));
      assertThat(open.name()).isEqualTo("no-suffix.txt");
    }
    // Several gzip members in one file are one text.
    byte[] first = Rows.gzip(text);
    byte[] second = Rows.gzip("2/2/2007;00:00:00;1;0;0;0;0;0;0\n");
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    assertThat(Rows.of(joined, UCI, Set.of()).published()).isEqualTo(2);
  }

  @Test
  void filesThatCannotBeReadSayWhy(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> ReadingFile.open(folder.resolve("gone.csv"), UCI))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("There is no file")
        .hasMessageContaining("gone.csv");
    assertThatThrownBy(() -> ReadingFile.open(folder, UCI)).hasMessageContaining("directory");
    assertThatThrownBy(() -> Rows.of("", UCI)).hasMessage("test.csv is empty");
    assertThatThrownBy(() -> Rows.of("\n\n", UCI)).hasMessage("test.csv has no header");
    assertThatThrownBy(() -> Rows.of(Rows.gzip(""), UCI, Set.of())).hasMessageContaining("empty");
    byte[] packed = Rows.gzip(UCI_HEADER + "1/2/2007;00:00:00;1;0;0;0;0;0;0\n".repeat(9_000));
    assertThatThrownBy(() -> Rows.of(Arrays.copyOf(packed, packed.length / 2), UCI, Set.of()))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("test.csv is damaged");
    assertThatThrownBy(() -> Rows.of(Arrays.copyOf(packed, 5), UCI, Set.of()))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> Rows.of("PK\3\4 archive", UCI)).hasMessageContaining("ZIP archive");
    assertThatThrownBy(() -> Rows.of("a;b".getBytes(StandardCharsets.UTF_16), UCI, Set.of()))
        .hasMessageContaining("UTF-16");
    assertThatThrownBy(() -> Rows.of("Date,Time,Voltage\n", UCI))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining(
            "has no column \"Date\", \"Time\", \"Global_active_power\", \"Sub_metering_1\"")
        .hasMessageContaining("its header has \"Date,Time,Voltage\"")
        .hasMessageContaining("delimiter (';')");
  }

  @Test
  void theMeterHasToBeKnown() {
    ReadingFormat format =
        mapping(
            """
            "time": {"column": "time", "stamp": "end"},
            "channels": [{"column": "kWh", "type": "interval", "unit": "kWh"}]
            """);
    assertThatThrownBy(() -> Rows.of("time,kWh\n", format))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--meter=NAME");
  }

  @Test
  void namesThatTheWireFormatRefusesAreRejected() throws IOException {
    Rows rows =
        Rows.of(
            "m,time,kWh\n,2024-01-01T00:00Z,1\n"
                + "x".repeat(129)
                + ",2024-01-01T00:00Z,1\n"
                + "a\u0007b,2024-01-01T00:00Z,1\n"
                + "y".repeat(128)
                + ",2024-01-01T00:00Z,1\n"
                + "'; DROP TABLE meters; --,2024-01-01T00:00Z,1\n",
            mapping(
                """
                "meter": {"column": "m"}, "time": {"column": "time", "stamp": "end"},
                "channels": [{"column": "kWh", "type": "interval", "unit": "kWh"}]
                """));
    assertThat(rows.rejected())
        .extracting(DeadLetter::code)
        .containsExactly(
            DeadLetterCode.MISSING_FIELD, DeadLetterCode.INVALID_NAME, DeadLetterCode.INVALID_NAME);
    assertThat(rows.published()).isEqualTo(2);
  }

  private static ReadingFormat mapping(String content) {
    return ReadingFormat.ofMapping(CsvMapping.parse("test", "{" + content + "}"));
  }
}
