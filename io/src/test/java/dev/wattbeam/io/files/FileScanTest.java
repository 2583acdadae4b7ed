package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileScanTest {
  private static final String SGSC_HEADER =
      "customer_id,reading_datetime,event_key,general_supply_kwh,controlled_load_kwh,"
          + "gross_generation_kwh,net_generation_kwh,other_kwh\n";

  @TempDir Path folder;

  @Test
  void columnsThatAreAlwaysZeroAreNoChannels() throws IOException {
    Path first =
        file(
            "1.csv",
            SGSC_HEADER
                + "7,2013-01-01 00:00:00,0,0,0,0,0,0\n"
                + "7,2013-01-01 00:30:00,0,0.141,0,0,0,0\n"
                + "8,2013-01-01 00:00:00,0,0.1,0,0.2,0,0\n");
    Path second = file("2.csv", SGSC_HEADER + "7,2013-01-01 01:00:00,0,0.1,0.5,0,0,0\n");
    ReadingFormat format = ReadingFormat.of("sgsc");
    FileScan scan = FileScan.of(List.of(first, second), format);
    assertThat(scan.meters()).extracting(Meter::name).containsExactly("7", "8");
    assertThat(scan.meters().get(0).channels())
        .isEqualTo(Map.of("import", ReadingType.INTERVAL, "controlled-load", ReadingType.INTERVAL));
    assertThat(scan.meters().get(0).zone()).isEqualTo(ZoneId.of("Australia/Brisbane"));
    assertThat(scan.meters().get(0).type().nominalPeriodMillis()).isEqualTo(1_800_000);
    assertThat(scan.absentChannels())
        .contains(new MeterChannel("7", "export"), new MeterChannel("8", "controlled-load"))
        .hasSize(6);
    assertThat(scan.rows()).isEqualTo(4);
    assertThat(scan.readings()).isEqualTo(3 * 2 + 2);
    assertThat(scan.inTimeOrder()).isFalse();
    assertThat(Instant.ofEpochMilli(scan.firstMillis())).isEqualTo("2012-12-31T14:30:00Z");
    assertThat(Instant.ofEpochMilli(scan.lastMillis())).isEqualTo("2012-12-31T15:30:00Z");
    try (ReadingFile open = ReadingFile.open(first, format, scan.absentChannels())) {
      FileRow.Readings row = (FileRow.Readings) open.next();
      // A zero of a channel that the meter has is a zero.
      assertThat(row.readings())
          .extracting(reading -> reading.channel() + "=" + reading.value())
          .containsExactly("import=0", "controlled-load=0");
    }
  }

  @Test
  void metersOfJsonLinesAreThoseOfWholeLines() throws IOException {
    Path file =
        file(
            "r.jsonl",
            """
            {"meter":"b","channel":"import","type":"power","time":"2024-01-01T00:00:00Z"}
            {"meter":"b","channel":"import","type":"register","time":"2024-01-01T00:00:00Z"}
            {"meter":"b","channel":"export","type":"interval","time":"2024-01-01T00:01:00Z"}
            {"meter":"a","channel":"import"}
            {"meter":"c","channel":"import","type":"nonsense"}
            nonsense
            """);
    FileScan scan = FileScan.of(List.of(file), ReadingFormat.canonicalJson());
    assertThat(scan.meters()).hasSize(1);
    assertThat(scan.meters().get(0).channels())
        .isEqualTo(Map.of("import", ReadingType.REGISTER, "export", ReadingType.INTERVAL));
    assertThat(scan.meters().get(0).zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(scan.rows()).isEqualTo(6);
    assertThat(scan.inTimeOrder()).isTrue();
  }

  @Test
  void offsetsGetTheNameThatPostgresUnderstands() throws IOException {
    Path file = file("x.csv", "t,v\n2024-01-01 00:00,1\n");
    ReadingFormat format =
        ReadingFormat.ofMapping(
                CsvMapping.parse(
                    "x",
                    """
                    {"time": {"column": "t", "stamp": "end"}, "zone": "UTC",
                     "channels": [{"column": "v", "type": "power", "unit": "W"}]}
                    """))
            .withMeter("m");
    assertThat(zone(file, format.withZone(ZoneOffset.ofHours(10)))).isEqualTo("Etc/GMT-10");
    assertThat(zone(file, format.withZone(ZoneOffset.ofHours(-5)))).isEqualTo("Etc/GMT+5");
    assertThat(zone(file, format.withZone(ZoneOffset.UTC))).isEqualTo("UTC");
    assertThat(zone(file, format.withZone(ZoneId.of("Europe/Paris")))).isEqualTo("Europe/Paris");
  }

  private static String zone(Path file, ReadingFormat format) throws IOException {
    return FileScan.of(List.of(file), format).meters().get(0).zone().getId();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
