package dev.wattbeam.io.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.wattbeam.io.files.CsvMapping.Channel;
import dev.wattbeam.io.files.CsvMapping.Column;
import dev.wattbeam.io.files.CsvMapping.Stamp;
import dev.wattbeam.io.files.CsvMapping.TimeColumns;
import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A mapping file's JSON to a {@link CsvMapping}; collects every error before it complains. */
final class MappingParser {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();
  private static final Pattern CHANNEL = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final int LONGEST_PERIOD_SECONDS = 25 * 3600;

  private final String name;
  private final List<String> errors = new ArrayList<>();

  private MappingParser(String name) {
    this.name = name;
  }

  static CsvMapping parse(String name, String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          "Mapping " + name + " is not JSON" + where + ": " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject()) {
      throw new IllegalArgumentException(
          "Mapping " + name + " has to be a JSON object; see docs/mapping-files.md");
    }
    MappingParser parser = new MappingParser(name);
    CsvMapping mapping = parser.mapping(root);
    if (!parser.errors.isEmpty()) {
      throw new IllegalArgumentException(
          "Mapping " + name + ": " + String.join("; ", parser.errors));
    }
    return mapping;
  }

  private CsvMapping mapping(JsonNode root) {
    onlyKeys(
        root,
        "the mapping",
        "description",
        "delimiter",
        "quote",
        "header",
        "skipLines",
        "meter",
        "time",
        "zone",
        "decimalMark",
        "thousandsMark",
        "missing",
        "channels",
        "meterType");
    char delimiter = character(root, "delimiter", ',');
    char quote = character(root, "quote", '"');
    boolean header = flag(root, "header", true);
    int skipLines = number(root, "skipLines", 0, 0, 1_000_000);
    char decimalMark = character(root, "decimalMark", '.');
    char thousandsMark = character(root, "thousandsMark", (char) 0);
    if (decimalMark != '.' && decimalMark != ',') {
      errors.add("decimalMark has to be \".\" or \",\"");
    }
    if (thousandsMark == decimalMark) {
      errors.add("decimalMark and thousandsMark are the same");
    }
    if (delimiter == quote || delimiter == 0) {
      errors.add("delimiter has to be one character that is not the quote");
    }
    if (delimiter == decimalMark && quote == 0) {
      errors.add("delimiter and decimalMark are the same and nothing is quoted");
    }

    Column meterColumn = null;
    String meter = null;
    JsonNode meterNode = root.path("meter");
    if (meterNode.isObject()) {
      onlyKeys(meterNode, "meter", "column", "constant");
      if (meterNode.has("column") == meterNode.has("constant")) {
        errors.add("meter needs either \"column\" or \"constant\"");
      } else if (meterNode.has("column")) {
        meterColumn = column(meterNode.path("column"), "meter.column", header);
      } else {
        meter = text(meterNode, "constant", "meter.constant", null);
      }
    } else if (!meterNode.isMissingNode()) {
      errors.add("meter has to be {\"column\": ...} or {\"constant\": ...}");
    }

    ZoneId zone = zone(root, "zone", "zone");
    TimeColumns time = time(root.path("time"), header, zone);
    Set<String> missing = new LinkedHashSet<>();
    for (JsonNode marker : list(root.path("missing"))) {
      if (marker.isTextual()) {
        missing.add(marker.textValue().strip());
      } else {
        errors.add("missing has to be a list of texts, and holds " + marker);
      }
    }
    missing.add("");
    List<Channel> channels = channels(root.path("channels"), header);

    JsonNode typeNode = root.path("meterType");
    ZoneId meterZone = null;
    if (!typeNode.isMissingNode() && !typeNode.isObject()) {
      errors.add("meterType has to be an object");
      typeNode = MissingNode.getInstance();
    }
    if (typeNode.isObject()) {
      meterZone = zone(typeNode, "zone", "meterType.zone");
    }
    int period = time == null ? 0 : time.periodSeconds();
    MeterType meterType = meterType(typeNode, period);
    if (!errors.isEmpty()) {
      return null;
    }
    return new CsvMapping(
        name,
        delimiter,
        quote,
        header,
        skipLines,
        meterColumn,
        meter,
        time,
        zone,
        decimalMark,
        thousandsMark,
        missing,
        channels,
        meterType,
        meterZone);
  }

  private TimeColumns time(JsonNode node, boolean header, ZoneId zone) {
    if (!node.isObject()) {
      errors.add("time is missing: {\"column\": ..., \"pattern\": ..., \"stamp\": \"start\"}");
      return null;
    }
    onlyKeys(node, "time", "column", "start", "end", "pattern", "stamp", "periodSeconds");
    int period = number(node, "periodSeconds", 0, 0, LONGEST_PERIOD_SECONDS);
    String pattern = text(node, "pattern", "time.pattern", TimePattern.ISO);
    try {
      boolean offset = new TimePattern(pattern).mayHaveOffset();
      if (!offset && zone == null) {
        errors.add("zone is missing: time.pattern \"" + pattern + "\" has no offset");
      }
    } catch (IllegalArgumentException e) {
      errors.add("time.pattern \"" + pattern + "\": " + e.getMessage());
    }
    String stamp = text(node, "stamp", "time.stamp", null);
    if (node.has("start") || node.has("end")) {
      if (node.has("column") || stamp != null || period > 0) {
        errors.add("time has either start and end, or column, stamp and periodSeconds");
      }
      return new TimeColumns(
          columns(node.path("start"), "time.start", header),
          columns(node.path("end"), "time.end", header),
          pattern,
          Stamp.START_AND_END,
          0);
    }
    Stamp meaning = Stamp.END;
    if ("start".equals(stamp)) {
      meaning = Stamp.START;
      if (period == 0) {
        errors.add("time.periodSeconds is missing: with stamp \"start\" it gives the end");
      }
    } else if (!"end".equals(stamp)) {
      errors.add(
          "time.stamp has to be \"start\" or \"end\""
              + (stamp == null ? " and is missing" : ", and is \"" + stamp + "\""));
    }
    return new TimeColumns(
        columns(node.path("column"), "time.column", header), List.of(), pattern, meaning, period);
  }

  private List<Channel> channels(JsonNode node, boolean header) {
    List<Channel> channels = new ArrayList<>();
    Set<String> names = new HashSet<>();
    if (!node.isArray() || node.isEmpty()) {
      errors.add("channels is missing: a list of {\"column\", \"channel\", \"type\", \"unit\"}");
      return channels;
    }
    for (int i = 0; i < node.size(); i++) {
      String at = "channels[" + i + "]";
      JsonNode entry = node.get(i);
      if (!entry.isObject()) {
        errors.add(at + " has to be an object");
        continue;
      }
      onlyKeys(
          entry,
          at,
          "column",
          "channel",
          "type",
          "unit",
          "quality",
          "qualities",
          "sequence",
          "absentIfAlwaysZero");
      String channel = text(entry, "channel", at + ".channel", "import");
      if (!CHANNEL.matcher(channel).matches()) {
        errors.add(
            at + ".channel \"" + channel + "\" has to be of small letters, digits and . _ -");
      }
      if (!names.add(channel)) {
        errors.add(at + ".channel \"" + channel + "\" is there twice");
      }
      String typeCode = text(entry, "type", at + ".type", "");
      ReadingType type = ReadingType.ofCode(typeCode);
      if (type == null) {
        errors.add(at + ".type \"" + typeCode + "\" has to be power, interval or register");
      }
      String symbol = text(entry, "unit", at + ".unit", "");
      Unit unit = Unit.ofSymbol(symbol);
      if (unit == null) {
        String known =
            Arrays.stream(Unit.values()).map(Unit::symbol).collect(Collectors.joining(", "));
        errors.add(at + ".unit \"" + symbol + "\" has to be one of " + known);
      } else if (type != null && !unit.fits(type)) {
        errors.add(at + ".unit " + symbol + " is no unit of type " + typeCode);
      }
      Column column = column(entry.path("column"), at + ".column", header);
      Column quality =
          entry.has("quality") ? column(entry.path("quality"), at + ".quality", header) : null;
      Column sequence =
          entry.has("sequence") ? column(entry.path("sequence"), at + ".sequence", header) : null;
      Map<String, String> qualities = qualities(entry.path("qualities"), at);
      boolean absent = flag(entry, "absentIfAlwaysZero", false);
      if (column != null && type != null && unit != null) {
        channels.add(
            new Channel(column, channel, type, unit, quality, qualities, sequence, absent));
      }
    }
    return channels;
  }

  private Map<String, String> qualities(JsonNode node, String at) {
    Map<String, String> qualities = new HashMap<>();
    if (node.isMissingNode()) {
      return qualities;
    }
    if (!node.isObject()) {
      errors.add(at + ".qualities has to be an object such as {\"A\": \"valid\"}");
      return qualities;
    }
    node.fields()
        .forEachRemaining(
            entry -> {
              String code = entry.getValue().asText();
              if (Quality.ofCode(code) == null) {
                errors.add(at + ".qualities: \"" + code + "\" is no quality");
              }
              qualities.put(entry.getKey(), code);
            });
    return qualities;
  }

  private MeterType meterType(JsonNode node, int periodSeconds) {
    onlyKeys(
        node,
        "meterType",
        "name",
        "zone",
        "maxPowerKw",
        "nominalPeriodSeconds",
        "registerModulusKwh",
        "resetFrom",
        "resetTo",
        "reversible");
    String typeName = text(node, "name", "meterType.name", name);
    long period =
        number(node, "nominalPeriodSeconds", periodSeconds, 0, LONGEST_PERIOD_SECONDS) * 1000L;
    LocalTime from = time(node, "resetFrom");
    LocalTime to = time(node, "resetTo");
    if ((from == null) != (to == null)) {
      errors.add("meterType.resetFrom and meterType.resetTo belong together");
      from = null;
      to = null;
    }
    return new MeterType(
        typeName,
        nanos(node, "maxPowerKw"),
        period,
        nanos(node, "registerModulusKwh"),
        from,
        to,
        flag(node, "reversible", false),
        DayRules.DEFAULT);
  }

  private LocalTime time(JsonNode node, String key) {
    String text = text(node, key, "meterType." + key, null);
    if (text == null) {
      return null;
    }
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      errors.add("meterType." + key + " \"" + text + "\" is no local time such as 23:45");
      return null;
    }
  }

  private long nanos(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (value.isMissingNode()) {
      return 0;
    }
    if (value.isNumber()) {
      BigDecimal decimal = value.decimalValue();
      if (decimal.signum() >= 0 && decimal.precision() - decimal.scale() <= 9) {
        return decimal.movePointRight(9).longValue();
      }
    }
    errors.add("meterType." + key + " has to be a number from 0 to 999 999 999, and is " + value);
    return 0;
  }

  private ZoneId zone(JsonNode node, String key, String at) {
    String text = text(node, key, at, null);
    if (text == null) {
      return null;
    }
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      errors.add(at + " \"" + text + "\" is no time zone such as Europe/Paris, UTC or +10:00");
      return null;
    }
  }

  private List<Column> columns(JsonNode node, String at, boolean header) {
    List<Column> columns = new ArrayList<>();
    if (node.isArray() && !node.isEmpty()) {
      for (JsonNode entry : node) {
        Column column = column(entry, at, header);
        if (column != null) {
          columns.add(column);
        }
      }
    } else {
      Column column = column(node, at, header);
      if (column != null) {
        columns.add(column);
      }
    }
    return columns;
  }

  private Column column(JsonNode node, String at, boolean header) {
    if (node.isTextual()) {
      if (!header) {
        errors.add(
            at + " \"" + node.textValue() + "\": without header a column is a number, from 1");
      }
      return Column.named(node.textValue().strip());
    }
    if (node.isInt() && node.intValue() >= 1) {
      return Column.at(node.intValue());
    }
    errors.add(at + " has to be the name of a column or its number, from 1");
    return null;
  }

  private Iterable<JsonNode> list(JsonNode node) {
    if (node.isTextual()) {
      return List.of(node);
    }
    return node;
  }

  private String text(JsonNode node, String key, String at, String otherwise) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      errors.add(at + " has to be a text, and is " + value);
      return otherwise;
    }
    return value.textValue();
  }

  private boolean flag(JsonNode node, String key, boolean otherwise) {
    JsonNode value = node.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      errors.add(key + " has to be true or false, and is " + value);
    }
    return value.asBoolean(otherwise);
  }

  private int number(JsonNode node, String key, int otherwise, int least, int most) {
    JsonNode value = node.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      errors.add(
          key + " has to be a whole number from " + least + " to " + most + ", and is " + value);
      return otherwise;
    }
    return value.intValue();
  }

  /** One ASCII character; the empty text stands for none. */
  private char character(JsonNode node, String key, char otherwise) {
    JsonNode value = node.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    String text = value.isTextual() ? value.textValue() : null;
    if (text == null || text.length() > 1 || (text.length() == 1 && text.charAt(0) > 127)) {
      errors.add(key + " has to be one ASCII character, or \"\" for none, and is " + value);
      return otherwise;
    }
    return text.isEmpty() ? 0 : text.charAt(0);
  }

  private void onlyKeys(JsonNode node, String at, String... keys) {
    List<String> known = List.of(keys);
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                errors.add(
                    at + " has no key \"" + key + "\" (it has " + String.join(", ", known) + ")");
              }
            });
  }
}
