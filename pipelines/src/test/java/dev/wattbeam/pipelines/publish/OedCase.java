package dev.wattbeam.pipelines.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wattbeam.io.files.CsvMapping;
import dev.wattbeam.io.files.FileRow;
import dev.wattbeam.io.files.ReadingFile;
import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One case of the Open Energy Dashboard's CSV pipeline tests, in our terms. How its options become
 * ours:
 *
 * <ul>
 *   <li>none: interval readings in kWh with start and end columns
 *   <li>cumulative: register readings; the value is the register at the row's end
 *   <li>cumulativeReset, with start and end: reset window of the meter type; without start and end
 *       the whole day, which is OED's default
 *   <li>endOnly: one time column, stamp = end; a reading stands for the time since the one before
 *   <li>headerRow: header (columns go by their number all the same)
 *   <li>gzip: nothing, recognised by the file's first bytes
 *   <li>timeSort, duplications: nothing; readings are a set, order and copies do not matter
 *   <li>honorDst, timezone of the meter: offsets are in the data, the zone is the meter's in the
 *       directory; UTC where a case names none
 *   <li>update: the upload's readings carry a sequence number, so they win over earlier uploads
 *   <li>lengthGap, lengthVariation: nothing; they make OED warn and change no value
 *   <li>uploads of kind "meters": the same options, as columns of the meter file
 * </ul>
 *
 * @param id such as {@code pipe6}
 * @param description what OED tests with it
 * @param meter entry of the directory
 * @param readings of all uploads, in the files' order
 * @param rejected rows that cannot be read
 * @param expected what OED stores; local times of the meter. Empty when OED refuses everything
 */
public record OedCase(
    String id,
    String description,
    Meter meter,
    List<Reading> readings,
    List<DeadLetter> rejected,
    List<Expected> expected) {
  private static final List<String> METER_COLUMNS =
      List.of(
          "name",
          "url",
          "enabled",
          "displayable",
          "type",
          "timezone",
          "gps",
          "identifier",
          "note",
          "area",
          "cumulative",
          "cumulativeReset",
          "cumulativeResetStart",
          "cumulativeResetEnd",
          "lengthGap",
          "lengthVariation",
          "duplications",
          "timeSort",
          "endOnly");
  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final DateTimeFormatter OFFSET =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ssXXX");

  /**
   * A row that OED stores.
   *
   * @param kwh energy of the span
   * @param start local time, inclusive
   * @param end local time, exclusive
   */
  public record Expected(BigDecimal kwh, LocalDateTime start, LocalDateTime end) {}

  /** All the cases in the folder of {@code cases.json}. */
  public static List<OedCase> all(Path folder) throws IOException {
    List<OedCase> cases = new ArrayList<>();
    JsonNode root = new ObjectMapper().readTree(folder.resolve("cases.json").toFile());
    for (JsonNode entry : root.path("cases")) {
      cases.add(read(folder, entry));
    }
    return cases;
  }

  private static OedCase read(Path folder, JsonNode entry) throws IOException {
    String id = entry.path("id").asText();
    Map<String, String> ofMeter = new HashMap<>();
    List<Reading> readings = new ArrayList<>();
    List<DeadLetter> rejected = new ArrayList<>();
    MeterType type = MeterType.generic("oed-" + id);
    ReadingType readingType = ReadingType.INTERVAL;
    int upload = 0;
    for (JsonNode node : entry.path("uploads")) {
      Map<String, String> params = new HashMap<>();
      node.path("params")
          .fields()
          .forEachRemaining(e -> params.put(e.getKey(), e.getValue().asText()));
      Path file = folder.resolve(node.path("file").asText());
      if (node.path("kind").asText().equals("meters")) {
        ofMeter.putAll(meterOptions(file, is(params, "headerRow")));
        continue;
      }
      Map<String, String> options = new HashMap<>(ofMeter);
      options.putAll(params);
      if (is(options, "cumulative")) {
        readingType = ReadingType.REGISTER;
      }
      if (is(options, "cumulativeReset")) {
        type =
            type.withResetWindow(
                time(options.getOrDefault("cumulativeResetStart", "00:00:00")),
                time(options.getOrDefault("cumulativeResetEnd", "23:59:59.999999")));
      }
      long sequence = is(options, "update") ? upload : Reading.NO_SEQUENCE;
      read(file, format(id, options), sequence, readings, rejected);
      upload++;
    }
    ZoneId zone = ZoneId.of(ofMeter.getOrDefault("timezone", "UTC"));
    return new OedCase(
        id,
        entry.path("description").asText(),
        Meter.of(id, type, zone, Map.of("import", readingType)),
        List.copyOf(readings),
        List.copyOf(rejected),
        expected(folder.resolve(entry.path("expected_file").asText()), zone));
  }

  private static ReadingFormat format(String meter, Map<String, String> options) {
    String time =
        is(options, "endOnly")
            ? "{\"column\": 2, \"stamp\": \"end\"}"
            : "{\"start\": 2, \"end\": 3}";
    ZoneId zone = ZoneId.of(options.getOrDefault("timezone", "UTC"));
    return ReadingFormat.ofMapping(
        CsvMapping.parse(
            meter,
            """
            {
              "header": %s,
              "meter": {"constant": "%s"},
              "time": %s,
              "zone": "%s",
              "channels": [{"column": 1, "channel": "import", "type": "%s", "unit": "kWh"}]
            }
            """
                .formatted(
                    is(options, "headerRow"),
                    meter,
                    time,
                    zone,
                    is(options, "cumulative") ? "register" : "interval")));
  }

  private static void read(
      Path file,
      ReadingFormat format,
      long sequence,
      List<Reading> readings,
      List<DeadLetter> rejected)
      throws IOException {
    try (ReadingFile open = ReadingFile.open(file, format)) {
      for (FileRow row = open.next(); row != null; row = open.next()) {
        if (row instanceof FileRow.Readings found) {
          for (Reading r : found.readings()) {
            readings.add(
                new Reading(
                    r.meter(),
                    r.channel(),
                    r.type(),
                    r.timeMillis(),
                    r.value(),
                    r.durationMillis(),
                    sequence,
                    r.quality()));
          }
        } else if (row instanceof FileRow.Rejected bad) {
          rejected.add(bad.deadLetter());
        }
      }
    }
  }

  private static Map<String, String> meterOptions(Path file, boolean header) throws IOException {
    Map<String, String> options = new HashMap<>();
    List<String> lines = Files.readAllLines(file);
    String[] fields = lines.get(header ? 1 : 0).split(",", -1);
    for (int i = 0; i < Math.min(fields.length, METER_COLUMNS.size()); i++) {
      if (!fields[i].isBlank()) {
        options.put(METER_COLUMNS.get(i), fields[i].trim());
      }
    }
    return options;
  }

  private static List<Expected> expected(Path file, ZoneId zone) throws IOException {
    List<Expected> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        String[] fields = line.split(",", -1);
        rows.add(
            new Expected(
                new BigDecimal(fields[0]), local(fields[1], zone), local(fields[2], zone)));
      }
    }
    return List.copyOf(rows);
  }

  private static LocalDateTime local(String text, ZoneId zone) {
    return text.length() > "2022-11-06 00:00:00".length()
        ? OffsetDateTime.parse(text, OFFSET).atZoneSameInstant(zone).toLocalDateTime()
        : LocalDateTime.parse(text, LOCAL);
  }

  /** A time as OED writes it; {@code 00:00.001} is a thousandth of a second after midnight. */
  private static LocalTime time(String text) {
    return LocalTime.parse(text.matches("\\d\\d:\\d\\d\\.\\d+") ? text.replace(".", ":00.") : text);
  }

  private static boolean is(Map<String, String> options, String name) {
    return Boolean.parseBoolean(options.get(name));
  }

  @Override
  public String toString() {
    return id + ": " + description;
  }
}
