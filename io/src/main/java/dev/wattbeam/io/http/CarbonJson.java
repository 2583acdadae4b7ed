package dev.wattbeam.io.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import dev.wattbeam.model.GridValue;
import dev.wattbeam.model.Origin;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Replies of the Carbon Intensity API. {@code data} is a list in some and an object in others, and
 * in the regional ones it is nested; {@code actual} is null as long as it is not known.
 */
final class CarbonJson {
  /** Name of the source in signals. */
  static final String SOURCE = "carbonintensity.org.uk";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();
  private static final List<String> INDEX =
      List.of("very low", "low", "moderate", "high", "very high");

  private final String area;
  private final String origin;
  private final long knownMillis;
  private final List<GridSignal> signals = new ArrayList<>();
  private final List<DeadLetter> rejected = new ArrayList<>();

  private CarbonJson(String area, String origin, long knownMillis) {
    this.area = area;
    this.origin = origin;
    this.knownMillis = knownMillis;
  }

  /**
   * What a reply holds.
   *
   * @param rejected entries that are not as expected; the others count
   */
  record Reply(List<GridSignal> signals, List<DeadLetter> rejected) {}

  /**
   * Reads a reply.
   *
   * @param area of entries outside of any region
   * @param origin name of the request, for dead letters
   * @throws IOException when it is cut, or no reply of this API at all
   */
  static Reply parse(byte[] body, String area, String origin, long knownMillis) throws IOException {
    JsonNode root = JSON.readTree(body);
    if (root == null || !root.hasNonNull("data")) {
      throw new IOException("no field data in the reply");
    }
    CarbonJson reply = new CarbonJson(area, origin, knownMillis);
    reply.walk(root.get("data"), area);
    return new Reply(reply.signals, reply.rejected);
  }

  private void walk(JsonNode node, String place) {
    if (node.isArray()) {
      node.forEach(element -> walk(element, place));
    } else if (node.path("data").isContainerNode()) {
      walk(node.get("data"), node.has("regionid") ? "GB-" + node.get("regionid").asText() : place);
    } else {
      entry(node, place);
    }
  }

  private void entry(JsonNode entry, String place) {
    try {
      long start = time(entry, "from");
      long end = time(entry, "to");
      List<GridValue> values = new ArrayList<>();
      JsonNode intensity = entry.path("intensity");
      add(
          values,
          intensity,
          "forecast",
          "carbon-intensity",
          GridKind.FORECAST,
          GridUnit.G_CO2_PER_KWH);
      add(values, intensity, "actual", "carbon-intensity", GridKind.ACTUAL, GridUnit.G_CO2_PER_KWH);
      addIndex(values, intensity);
      for (JsonNode fuel : entry.path("generationmix")) {
        add(
            values,
            fuel,
            "perc",
            "generation-share." + fuel.path("fuel").asText().toLowerCase(Locale.ROOT),
            // The regional mix is part of the forecast, also for the past.
            place.equals("GB") ? GridKind.ACTUAL : GridKind.FORECAST,
            GridUnit.PERCENT);
      }
      if (!values.isEmpty()) {
        signals.add(
            new GridSignal(SOURCE, place, start, end, knownMillis, GridStage.PROVISIONAL, values));
      }
    } catch (InvalidEntryException e) {
      rejected.add(
          new DeadLetter(
              "publish-grid-signals",
              "PollCarbonIntensity",
              e.code,
              e.getMessage(),
              entry.toString(),
              new Origin(origin + "@" + knownMillis, 0, signals.size() + rejected.size()),
              knownMillis));
    }
  }

  private static final class InvalidEntryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeadLetterCode code;

    InvalidEntryException(DeadLetterCode code, String message) {
      super(message);
      this.code = code;
    }
  }

  private static long time(JsonNode entry, String field) throws InvalidEntryException {
    JsonNode text = entry.path(field);
    try {
      return OffsetDateTime.parse(text.asText()).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidEntryException(
          DeadLetterCode.INVALID_TIME,
          field + " is " + text + "; expected a time such as 2018-01-20T12:00Z");
    }
  }

  private static void add(
      List<GridValue> values,
      JsonNode parent,
      String field,
      String name,
      GridKind kind,
      GridUnit unit)
      throws InvalidEntryException {
    JsonNode node = parent.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return;
    }
    if (!node.isNumber()) {
      throw new InvalidEntryException(
          DeadLetterCode.WRONG_FIELD_TYPE, field + " is " + node + "; expected a number");
    }
    BigDecimal value = node.decimalValue();
    if (value.compareTo(BigDecimal.valueOf(unit.lowest())) < 0
        || value.compareTo(BigDecimal.valueOf(unit.highest())) > 0) {
      throw new InvalidEntryException(
          DeadLetterCode.VALUE_OUT_OF_RANGE,
          field + " is " + node + "; expected " + unit.lowest() + " to " + unit.highest());
    }
    values.add(
        new GridValue(
            name,
            kind,
            unit,
            value.setScale(9, RoundingMode.HALF_EVEN).unscaledValue().longValueExact()));
  }

  /** The index is of the actual value where there is one, else of the forecast. */
  private static void addIndex(List<GridValue> values, JsonNode intensity)
      throws InvalidEntryException {
    JsonNode index = intensity.path("index");
    if (index.isMissingNode() || index.isNull()) {
      return;
    }
    int band = INDEX.indexOf(index.asText()) + 1;
    if (band == 0) {
      throw new InvalidEntryException(
          DeadLetterCode.INVALID_VALUE, "index is " + index + "; expected one of " + INDEX);
    }
    values.add(
        new GridValue(
            "carbon-index",
            intensity.hasNonNull("actual") ? GridKind.ACTUAL : GridKind.FORECAST,
            GridUnit.BAND,
            band * 1_000_000_000L));
  }

  /** One line about a reply that cannot be read. */
  static String inWords(IOException e) {
    return e instanceof JsonProcessingException json
        ? "no JSON, or cut: " + json.getOriginalMessage()
        : e.getMessage();
  }
}
