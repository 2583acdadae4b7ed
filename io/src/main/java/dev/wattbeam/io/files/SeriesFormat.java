package dev.wattbeam.io.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the rows of a CSV file of grid signals mean: one that WattBeam knows by name, or one that a
 * mapping file describes (docs/grid-signals.md). Immutable.
 *
 * @param areaColumn null where {@code area} is that of all rows
 * @param area the area, or what stands before the content of the column
 * @param timeColumns joined by a blank
 * @param stepMinutes length of the spans; 0: the finest distance at which a column has values
 * @param stageColumn null where {@code stages} has one stage, under the empty text
 */
public record SeriesFormat(
    String name,
    String source,
    char delimiter,
    char decimalMark,
    String areaColumn,
    String area,
    List<String> timeColumns,
    String timePattern,
    ZoneId zone,
    int stepMinutes,
    String stageColumn,
    Map<String, GridStage> stages,
    Set<String> missing,
    List<Column> columns) {
  private static final List<String> NAMES =
      List.of(
          "eco2mix-national",
          "eco2mix-regional",
          "eco2mix-consumption",
          "gb-carbon-csv",
          "fr-day-ahead-hourly");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern AREA = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * A column of values; a file need not have each of them.
   *
   * @param headers names that the column has in one file or another
   * @param missing what stands for no value in this column, besides what does so in all
   * @param texts numbers that words stand for
   */
  public record Column(
      List<String> headers,
      String name,
      GridKind kind,
      GridUnit unit,
      Set<String> missing,
      Map<String, String> texts) {
    public Column {
      headers = List.copyOf(headers);
      missing = Set.copyOf(missing);
      texts = Map.copyOf(texts);
    }
  }

  public SeriesFormat {
    timeColumns = List.copyOf(timeColumns);
    stages = Map.copyOf(stages);
    missing = Set.copyOf(missing);
    columns = List.copyOf(columns);
  }

  /** The names that {@link #of} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The format of this name, else the one that the mapping file of this name describes.
   *
   * @throws IllegalArgumentException when there is neither, or naming every error of the file
   */
  public static SeriesFormat of(String nameOrFile) {
    try {
      if (NAMES.contains(nameOrFile)) {
        return parse(nameOrFile, resource("grid/" + nameOrFile + ".json"));
      }
      Path file = Path.of(nameOrFile);
      if (Files.isRegularFile(file)) {
        return parse(String.valueOf(file.getFileName()), Files.readString(file));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Mapping " + nameOrFile + " cannot be read: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "Format \""
            + nameOrFile
            + "\" is neither a known name ("
            + String.join(", ", NAMES)
            + ") nor a mapping file (see docs/grid-signals.md)");
  }

  private static String resource(String file) {
    try (InputStream in = SeriesFormat.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + file + " cannot be read", e);
    }
  }

  /**
   * The format that a mapping file describes.
   *
   * @throws IllegalArgumentException naming every error
   */
  static SeriesFormat parse(String name, String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Mapping " + name + " is not JSON: " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject()) {
      throw new IllegalArgumentException(
          "Mapping " + name + " has to be a JSON object; see docs/grid-signals.md");
    }
    List<String> errors = new ArrayList<>();
    SeriesFormat format = new Parser(errors).format(name, root);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("Mapping " + name + ": " + String.join("; ", errors));
    }
    return format;
  }

  /** Collects every error before anybody complains. */
  private record Parser(List<String> errors) {
    SeriesFormat format(String name, JsonNode root) {
      onlyKeys(
          root,
          "the mapping",
          Set.of(
              "description",
              "source",
              "delimiter",
              "decimalMark",
              "area",
              "time",
              "stepMinutes",
              "stage",
              "missing",
              "values"));
      String source = text(root, "source", "");
      matches("source", source, NAME);
      JsonNode area = root.path("area");
      String areaColumn = text(area, "column", null);
      String areaText = text(area, areaColumn == null ? "constant" : "prefix", "");
      if (areaColumn == null) {
        matches("area.constant", areaText, AREA);
      }
      JsonNode time = root.path("time");
      List<String> timeColumns = texts(time.path("column"));
      if (timeColumns.isEmpty()) {
        errors.add("time.column is missing: the header of a column, or a list of them");
      }
      Set<String> missing = new HashSet<>(texts(root.path("missing")));
      missing.add("");
      int step = root.path("stepMinutes").asInt(0);
      if (step < 0 || step > 24 * 60) {
        errors.add("stepMinutes is " + step + "; expected 0 to 1440");
      }
      List<Column> columns = new ArrayList<>();
      root.path("values").forEach(value -> columns.add(column(value)));
      if (columns.isEmpty()) {
        errors.add("values is missing: a list of {\"column\", \"name\", \"kind\", \"unit\"}");
      }
      JsonNode stage = root.path("stage");
      return new SeriesFormat(
          name,
          source,
          character(root, "delimiter", ','),
          character(root, "decimalMark", '.'),
          areaColumn,
          areaText,
          timeColumns,
          pattern(time),
          zone(time),
          step,
          text(stage, "column", null),
          stages(stage),
          missing,
          columns);
    }

    private Column column(JsonNode node) {
      onlyKeys(node, "a value", Set.of("column", "name", "kind", "unit", "missing", "texts"));
      List<String> headers = texts(node.path("column"));
      if (headers.isEmpty()) {
        errors.add("a value has no \"column\": " + node);
      }
      String name = text(node, "name", "");
      matches("name", name, NAME);
      GridKind kind = GridKind.ofCode(text(node, "kind", GridKind.ACTUAL.code()));
      GridUnit unit = GridUnit.ofSymbol(text(node, "unit", ""));
      if (kind == null || unit == null) {
        errors.add(
            name
                + " has kind "
                + node.path("kind")
                + " and unit "
                + node.path("unit")
                + "; see docs/grid-signals.md for those that there are");
      }
      Map<String, String> words = new HashMap<>();
      node.path("texts")
          .fields()
          .forEachRemaining(e -> words.put(e.getKey(), e.getValue().asText()));
      return new Column(headers, name, kind, unit, Set.copyOf(texts(node.path("missing"))), words);
    }

    private Map<String, GridStage> stages(JsonNode node) {
      Map<String, String> codes = new HashMap<>();
      if (node.has("column")) {
        node.path("values")
            .fields()
            .forEachRemaining(e -> codes.put(e.getKey(), e.getValue().asText()));
      } else {
        codes.put("", text(node, "constant", GridStage.PROVISIONAL.code()));
      }
      Map<String, GridStage> stages = new HashMap<>();
      codes.forEach(
          (word, code) -> {
            GridStage stage = GridStage.ofCode(code);
            if (stage == null) {
              errors.add("stage \"" + code + "\" is none of provisional, consolidated, final");
            } else {
              stages.put(word, stage);
            }
          });
      return stages;
    }

    private String pattern(JsonNode time) {
      String pattern = text(time, "pattern", TimePattern.ISO);
      try {
        if (!new TimePattern(pattern).mayHaveOffset() && !time.has("zone")) {
          errors.add("time.zone is missing: time.pattern \"" + pattern + "\" has no offset");
        }
      } catch (IllegalArgumentException e) {
        errors.add("time.pattern \"" + pattern + "\": " + e.getMessage());
      }
      return pattern;
    }

    private ZoneId zone(JsonNode time) {
      String zone = text(time, "zone", "UTC");
      try {
        return ZoneId.of(zone);
      } catch (DateTimeException e) {
        errors.add("time.zone \"" + zone + "\" is no time zone such as Europe/Paris");
        return null;
      }
    }

    private void matches(String what, String text, Pattern pattern) {
      if (!pattern.matcher(text).matches()) {
        errors.add(what + " is \"" + text + "\"; expected " + pattern.pattern());
      }
    }

    private void onlyKeys(JsonNode node, String where, Set<String> known) {
      node.fieldNames()
          .forEachRemaining(
              key -> {
                if (!known.contains(key)) {
                  errors.add(where + " has an unknown key \"" + key + "\"");
                }
              });
    }

    private char character(JsonNode node, String key, char otherwise) {
      String text = text(node, key, String.valueOf(otherwise));
      if (text.length() != 1) {
        errors.add(key + " has to be one character, and is \"" + text + "\"");
        return otherwise;
      }
      return text.charAt(0);
    }

    private String text(JsonNode node, String key, String otherwise) {
      JsonNode value = node.path(key);
      if (value.isMissingNode()) {
        return otherwise;
      }
      if (!value.isTextual()) {
        errors.add(key + " has to be a text, and is " + value);
      }
      return value.asText();
    }

    /** A text, or a list of texts. */
    private static List<String> texts(JsonNode node) {
      List<String> texts = new ArrayList<>();
      if (node.isTextual()) {
        texts.add(node.textValue());
      }
      node.forEach(element -> texts.add(element.asText()));
      return texts;
    }
  }
}
