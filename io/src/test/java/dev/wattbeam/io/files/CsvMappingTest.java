package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.io.files.CsvMapping.Column;
import dev.wattbeam.io.files.CsvMapping.Stamp;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvMappingTest {
  private static final String SMALLEST =
      """
      {
        "time": {"column": "time", "stamp": "end"},
        "channels": [{"column": "kWh", "type": "interval", "unit": "kWh"}]
      }
      """;

  @Test
  void defaultsAreTheUsual() {
    CsvMapping mapping = CsvMapping.parse("small", SMALLEST);
    assertThat(mapping.delimiter()).isEqualTo(',');
    assertThat(mapping.quote()).isEqualTo('"');
    assertThat(mapping.header()).isTrue();
    assertThat(mapping.skipLines()).isZero();
    assertThat(mapping.decimalMark()).isEqualTo('.');
    assertThat(mapping.thousandsMark()).isEqualTo((char) 0);
    assertThat(mapping.missing()).containsExactly("");
    assertThat(mapping.zone()).isNull();
    assertThat(mapping.meter()).isNull();
    assertThat(mapping.time().pattern()).isEqualTo("iso");
    assertThat(mapping.channels().get(0).channel()).isEqualTo("import");
    assertThat(mapping.meterType()).isEqualTo(MeterType.generic("small"));
  }

  @Test
  void everyKeyArrives() {
    CsvMapping mapping =
        CsvMapping.parse(
            "full",
            """
            {
              // Comments are allowed.
              "description": "all of it",
              "delimiter": ";", "quote": "'", "header": false, "skipLines": 2,
              "meter": {"column": 1},
              "time": {"column": [2, 3], "pattern": "dd.MM.yyyy HH:mm", "stamp": "start",
                       "periodSeconds": 900},
              "zone": "Europe/Berlin", "decimalMark": ",", "thousandsMark": ".",
              "missing": ["-", "n/a"],
              "channels": [
                {"column": 4, "channel": "export", "type": "register", "unit": "MWh",
                 "quality": 5, "qualities": {"E": "estimated-linear"}, "sequence": 6,
                 "absentIfAlwaysZero": true}
              ],
              "meterType": {"name": "type", "zone": "UTC", "maxPowerKw": 12.5,
                "nominalPeriodSeconds": 60, "registerModulusKwh": 100000,
                "resetFrom": "23:45", "resetTo": "00:15", "reversible": true}
            }
            """);
    assertThat(mapping.meterColumn()).isEqualTo(Column.at(1));
    assertThat(mapping.time().columns()).containsExactly(Column.at(2), Column.at(3));
    assertThat(mapping.time().stamp()).isEqualTo(Stamp.START);
    assertThat(mapping.time().periodSeconds()).isEqualTo(900);
    assertThat(mapping.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(mapping.meterZone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(mapping.missing()).containsExactlyInAnyOrder("", "-", "n/a");
    CsvMapping.Channel channel = mapping.channels().get(0);
    assertThat(channel.type()).isEqualTo(ReadingType.REGISTER);
    assertThat(channel.unit()).isEqualTo(Unit.MWH);
    assertThat(channel.quality()).isEqualTo(Column.at(5));
    assertThat(channel.qualities()).containsEntry("E", "estimated-linear");
    assertThat(channel.sequence()).isEqualTo(Column.at(6));
    assertThat(channel.absentIfAlwaysZero()).isTrue();
    MeterType type = mapping.meterType();
    assertThat(type.maxPower()).isEqualTo(12_500_000_000L);
    assertThat(type.nominalPeriodMillis()).isEqualTo(60_000);
    assertThat(type.registerModulus()).isEqualTo(100_000_000_000_000L);
    assertThat(type.resetFrom()).isEqualTo(LocalTime.of(23, 45));
    assertThat(type.resetTo()).isEqualTo(LocalTime.of(0, 15));
    assertThat(type.reversible()).isTrue();
  }

  @Test
  void namesEveryErrorAtOnce() {
    assertThatThrownBy(
            () ->
                CsvMapping.parse(
                    "bad",
                    """
                    {
                      "delimitter": ";", "decimalMark": "x", "zone": "Mars/Olympus",
                      "time": {"column": "t", "pattern": "d/M/yyyy", "stamp": "begin"},
                      "channels": [
                        {"column": "a", "type": "power", "unit": "kWh"},
                        {"column": 0, "channel": "Not OK", "type": "flow", "unit": "kw"}
                      ],
                      "meterType": {"resetFrom": "25:00", "maxPowerKw": -1}
                    }
                    """))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Mapping bad: ")
        .hasMessageContaining("no key \"delimitter\"")
        .hasMessageContaining("decimalMark")
        .hasMessageContaining("Mars/Olympus")
        .hasMessageContaining("\"begin\"")
        .hasMessageContaining("channels[0].unit kWh is no unit of type power")
        .hasMessageContaining("channels[1].column")
        .hasMessageContaining("\"Not OK\"")
        .hasMessageContaining("\"flow\"")
        .hasMessageContaining("\"kw\" has to be one of W, kW, MW, Wh, kWh, MWh")
        .hasMessageContaining("25:00")
        .hasMessageContaining("maxPowerKw");
  }

  @Test
  void needsAZoneOrOffsetsAndAPeriodForStarts() {
    assertThatThrownBy(
            () ->
                CsvMapping.parse(
                    "m",
                    SMALLEST.replace(
                        "\"stamp\": \"end\"", "\"stamp\": \"start\", \"pattern\": \"d/M/yyyy\"")))
        .hasMessageContaining("zone is missing")
        .hasMessageContaining("time.periodSeconds is missing");
    assertThatThrownBy(() -> CsvMapping.parse("m", "{"))
        .hasMessageContaining("Mapping m is not JSON in line 1");
    assertThatThrownBy(() -> CsvMapping.parse("m", "[]")).hasMessageContaining("JSON object");
    assertThatThrownBy(() -> CsvMapping.parse("m", "{\"header\": false}"))
        .hasMessageContaining("time is missing")
        .hasMessageContaining("channels is missing");
  }

  @Test
  void formatsAreFoundByNameOrFile(@TempDir Path folder) throws Exception {
    for (String name : ReadingFormat.names()) {
      assertThat(ReadingFormat.of(name).name()).isEqualTo(name);
    }
    Path file = Files.writeString(folder.resolve("mine.json"), SMALLEST);
    assertThat(ReadingFormat.of(file.toString()).name()).isEqualTo("mine.json");
    assertThatThrownBy(() -> ReadingFormat.of("uci"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Format \"uci\"")
        .hasMessageContaining(
            "canonical-json, green-button, uci-household, sgsc, london-smart-meter");
    assertThatThrownBy(() -> ReadingFormat.of("sgsc").withMeter("m"))
        .hasMessageContaining("--meter is for formats without a meter column");
  }
}
