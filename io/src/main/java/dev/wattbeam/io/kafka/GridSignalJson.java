package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import dev.wattbeam.model.GridValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The JSON form of a {@link GridSignal}, as docs/grid-signals.md defines it. */
public final class GridSignalJson {
  /** What a source, and what a value may be called. */
  public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  /** What an area may be called. */
  public static final Pattern AREA = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int NANO_DECIMALS = 9;
  private static final long FIRST_MILLIS = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  /** The longest day of a local calendar. */
  private static final long LONGEST_SPAN = Duration.ofHours(25).toMillis();

  /** A version from the future would never be replaced. */
  private static final long FUTURE_TOLERANCE = Duration.ofHours(1).toMillis();

  private GridSignalJson() {}

  /** Why a message is no signal. */
  public static final class InvalidSignalException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeadLetterCode code;

    InvalidSignalException(DeadLetterCode code, String message) {
      super(message);
      this.code = requireNonNull(code, "code");
    }

    public DeadLetterCode code() {
      return code;
    }
  }

  /** The message of a signal. */
  public static byte[] write(GridSignal signal) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", 1);
      json.writeStringField("source", signal.source());
      json.writeStringField("area", signal.area());
      json.writeStringField("start", Instant.ofEpochMilli(signal.startMillis()).toString());
      json.writeStringField("end", Instant.ofEpochMilli(signal.endMillis()).toString());
      json.writeStringField("knownAt", Instant.ofEpochMilli(signal.knownMillis()).toString());
      json.writeStringField("stage", signal.stage().code());
      json.writeArrayFieldStart("values");
      for (GridValue value : signal.values()) {
        json.writeStartObject();
        json.writeStringField("name", value.name());
        json.writeStringField("kind", value.kind().code());
        json.writeStringField("unit", value.unit().symbol());
        json.writeFieldName("value");
        json.writeNumber(decimal(value.value()));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  /** Without trailing zeros and without exponent. */
  private static String decimal(long nanos) {
    return BigDecimal.valueOf(nanos, NANO_DECIMALS).stripTrailingZeros().toPlainString();
  }

  /**
   * The signal that a message holds.
   *
   * @param message the value of the Kafka record; may be null
   * @param sentMillis its Kafka timestamp
   * @param maxBytes longer messages are refused without a look inside
   * @throws InvalidSignalException saying what is wrong with it
   */
  public static GridSignal parse(byte[] message, long sentMillis, int maxBytes)
      throws InvalidSignalException {
    if (message == null || message.length == 0) {
      throw new InvalidSignalException(DeadLetterCode.EMPTY_MESSAGE, "The message is empty");
    }
    if (message.length > maxBytes) {
      throw new InvalidSignalException(
          DeadLetterCode.OVERSIZED_MESSAGE,
          "The message has " + message.length + " bytes; the limit is " + maxBytes);
    }
    JsonNode root = object(message);
    int version = number(root, "schemaVersion").compareTo(BigDecimal.ONE);
    if (version != 0) {
      throw new InvalidSignalException(
          DeadLetterCode.UNSUPPORTED_SCHEMA_VERSION,
          "schemaVersion is " + root.get("schemaVersion") + "; expected 1");
    }
    String source = name(root, "source", NAME);
    String area = name(root, "area", AREA);
    long start = time(root, "start");
    long end = time(root, "end");
    if (end <= start || end - start > LONGEST_SPAN) {
      throw new InvalidSignalException(
          DeadLetterCode.INVALID_DURATION,
          "The span is "
              + Duration.ofMillis(end - start)
              + "; end has to be after start, by 25 hours at most");
    }
    if (start < FIRST_MILLIS) {
      throw new InvalidSignalException(
          DeadLetterCode.TIME_TOO_OLD,
          "start is " + Instant.ofEpochMilli(start) + "; expected 2000-01-01T00:00:00Z or later");
    }
    long known = time(root, "knownAt");
    if (known > sentMillis + FUTURE_TOLERANCE) {
      throw new InvalidSignalException(
          DeadLetterCode.TIME_IN_FUTURE,
          "knownAt is "
              + Instant.ofEpochMilli(known)
              + ", but the message was sent at "
              + Instant.ofEpochMilli(sentMillis));
    }
    GridStage stage =
        known(GridStage.ofCode(text(root, "stage")), root, "stage", DeadLetterCode.UNKNOWN_KIND);
    return new GridSignal(source, area, start, end, known, stage, values(root));
  }

  private static List<GridValue> values(JsonNode root) throws InvalidSignalException {
    JsonNode list = field(root, "values");
    if (!list.isArray()) {
      throw wrongType("values", "a list", list);
    }
    if (list.isEmpty()) {
      throw new InvalidSignalException(
          DeadLetterCode.MISSING_FIELD, "values is empty; expected at least one value");
    }
    List<GridValue> values = new ArrayList<>();
    Set<List<Object>> keys = new HashSet<>();
    for (JsonNode entry : list) {
      if (!entry.isObject()) {
        throw wrongType("an entry of values", "an object", entry);
      }
      String name = name(entry, "name", NAME);
      GridKind kind =
          known(GridKind.ofCode(text(entry, "kind")), entry, "kind", DeadLetterCode.UNKNOWN_KIND);
      GridUnit unit =
          known(GridUnit.ofSymbol(text(entry, "unit")), entry, "unit", DeadLetterCode.UNKNOWN_UNIT);
      values.add(new GridValue(name, kind, unit, value(entry, name, unit)));
      if (!keys.add(List.of(name, kind))) {
        throw new InvalidSignalException(
            DeadLetterCode.MALFORMED_MESSAGE,
            "values has " + name + ", " + kind.code() + " twice; nobody can tell which is meant");
      }
    }
    return values;
  }

  private static long value(JsonNode entry, String name, GridUnit unit)
      throws InvalidSignalException {
    BigDecimal value = number(entry, "value");
    if (value.compareTo(BigDecimal.valueOf(unit.lowest())) < 0
        || value.compareTo(BigDecimal.valueOf(unit.highest())) > 0) {
      throw new InvalidSignalException(
          value.signum() < 0 && unit.lowest() >= 0
              ? DeadLetterCode.NEGATIVE_VALUE
              : DeadLetterCode.VALUE_OUT_OF_RANGE,
          name
              + " is "
              + entry.get("value")
              + "; expected "
              + unit.lowest()
              + " to "
              + unit.highest()
              + " "
              + unit.symbol());
    }
    // Looked at first: a value such as 1e-999999999 would become digits without end.
    return value.precision() - (long) value.scale() < -NANO_DECIMALS
        ? 0
        : value.setScale(NANO_DECIMALS, RoundingMode.HALF_EVEN).unscaledValue().longValueExact();
  }

  private static JsonNode object(byte[] message) throws InvalidSignalException {
    JsonNode root;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
      root = JSON.readTree(text);
    } catch (CharacterCodingException e) {
      throw malformed("not UTF-8");
    } catch (IOException e) {
      throw malformed("not JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    if (root == null || !root.isObject()) {
      throw malformed("not a JSON object");
    }
    return root;
  }

  private static InvalidSignalException malformed(String what) {
    return new InvalidSignalException(DeadLetterCode.MALFORMED_MESSAGE, "The message is " + what);
  }

  private static JsonNode field(JsonNode parent, String name) throws InvalidSignalException {
    JsonNode field = parent.get(name);
    if (field == null || field.isNull()) {
      throw new InvalidSignalException(DeadLetterCode.MISSING_FIELD, name + " is missing");
    }
    return field;
  }

  private static String text(JsonNode parent, String name) throws InvalidSignalException {
    JsonNode field = field(parent, name);
    if (!field.isTextual()) {
      throw wrongType(name, "a string", field);
    }
    return field.textValue();
  }

  private static String name(JsonNode parent, String field, Pattern pattern)
      throws InvalidSignalException {
    String text = text(parent, field);
    if (!pattern.matcher(text).matches()) {
      throw new InvalidSignalException(
          DeadLetterCode.INVALID_NAME,
          field + " is " + parent.get(field) + "; expected " + pattern.pattern());
    }
    return text;
  }

  private static BigDecimal number(JsonNode parent, String name) throws InvalidSignalException {
    JsonNode field = field(parent, name);
    if (!field.isNumber()) {
      throw wrongType(name, "a number", field);
    }
    if (field.isFloat() || field.isDouble()) {
      throw new InvalidSignalException(
          DeadLetterCode.INVALID_VALUE, name + " is " + field + "; expected a finite number");
    }
    return field.decimalValue();
  }

  private static long time(JsonNode parent, String name) throws InvalidSignalException {
    String text = text(parent, name);
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidSignalException(
          DeadLetterCode.INVALID_TIME,
          name + " is \"" + text + "\"; expected a time with offset such as 2024-03-01T00:30:00Z");
    }
  }

  private static <T> T known(T constant, JsonNode parent, String name, DeadLetterCode code)
      throws InvalidSignalException {
    if (constant == null) {
      throw new InvalidSignalException(
          code,
          name
              + " is "
              + parent.get(name)
              + "; expected one of "
              + switch (name) {
                case "stage" -> Arrays.stream(GridStage.values()).map(GridStage::code).toList();
                case "kind" -> Arrays.stream(GridKind.values()).map(GridKind::code).toList();
                default -> Arrays.stream(GridUnit.values()).map(GridUnit::symbol).toList();
              });
    }
    return constant;
  }

  private static InvalidSignalException wrongType(String name, String expected, JsonNode field) {
    return new InvalidSignalException(
        DeadLetterCode.WRONG_FIELD_TYPE,
        name + " is of type " + field.getNodeType() + "; expected " + expected);
  }
}
