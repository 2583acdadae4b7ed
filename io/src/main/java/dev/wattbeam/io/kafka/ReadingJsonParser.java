package dev.wattbeam.io.kafka;

import static dev.wattbeam.model.DeadLetterCode.INVALID_DURATION;
import static dev.wattbeam.model.DeadLetterCode.INVALID_NAME;
import static dev.wattbeam.model.DeadLetterCode.INVALID_TIME;
import static dev.wattbeam.model.DeadLetterCode.INVALID_VALUE;
import static dev.wattbeam.model.DeadLetterCode.MALFORMED_MESSAGE;
import static dev.wattbeam.model.DeadLetterCode.MISSING_FIELD;
import static dev.wattbeam.model.DeadLetterCode.UNIT_MISMATCH;
import static dev.wattbeam.model.DeadLetterCode.UNKNOWN_QUALITY;
import static dev.wattbeam.model.DeadLetterCode.UNKNOWN_READING_TYPE;
import static dev.wattbeam.model.DeadLetterCode.UNKNOWN_UNIT;
import static dev.wattbeam.model.DeadLetterCode.UNSUPPORTED_SCHEMA_VERSION;
import static dev.wattbeam.model.DeadLetterCode.VALUE_OUT_OF_RANGE;
import static dev.wattbeam.model.DeadLetterCode.WRONG_FIELD_TYPE;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The complete half of {@link ReadingJson}: reads every message that the wire format allows, with
 * Jackson's streaming parser, and says in words what is wrong with the others.
 *
 * <p>Fields are judged after the whole message was read, in the order in which docs/wire-format.md
 * lists them, so that the code does not depend on the order of the fields in the message.
 *
 * <p>Not thread-safe.
 */
final class ReadingJsonParser {
  /** The fields that are known, in the order in which they are judged. */
  enum Field {
    SCHEMA_VERSION("schemaVersion", true),
    METER("meter", true),
    CHANNEL("channel", false),
    TYPE("type", true),
    UNIT("unit", true),
    TIME("time", true),
    VALUE("value", true),
    DURATION_SECONDS("durationSeconds", false),
    SEQUENCE("sequence", false),
    QUALITY("quality", false);

    private final String wireName;
    private final boolean required;

    Field(String wireName, boolean required) {
      this.wireName = wireName;
      this.required = required;
    }

    String wireName() {
      return wireName;
    }

    boolean required() {
      return required;
    }
  }

  private enum Kind {
    ABSENT("nothing"),
    TEXT("a text"),
    NUMBER("a number"),
    NOT_FINITE("not a finite number"),
    BOOLEAN("true or false"),
    NESTED("an object or array");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final int MAX_QUOTED = 100;

  private static final Map<String, Field> FIELDS =
      EnumSet.allOf(Field.class).stream().collect(Collectors.toMap(Field::wireName, f -> f));

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          // NaN and infinities get a code of their own instead of "malformed".
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          // Field names come from outside: invented ones must not fill a table that is never
          // emptied.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          // The length of a message is limited already; of a number, see Decimals.
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build())
          .build();

  private final IsoTime times;
  private final Kind[] kinds = new Kind[Field.values().length];
  private final String[] texts = new String[kinds.length];
  private DeadLetterCode code;
  private String reason;

  ReadingJsonParser(IsoTime times) {
    this.times = times;
  }

  DeadLetterCode code() {
    return code;
  }

  String reason() {
    return reason;
  }

  /** Whether the message is a reading; if not, {@link #code()} and {@link #reason()} say why. */
  boolean parse(byte[] message, ParsedReading out) {
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
    } catch (CharacterCodingException e) {
      return reject(MALFORMED_MESSAGE, "the message is not valid UTF-8");
    }
    return readFields(json)
        && judgeSchemaVersion()
        && judgeChannel(out)
        && judgeType(out)
        && judgeTime(out)
        && judgeValue(out)
        && judgeDuration(out)
        && judgeSequence(out)
        && judgeQuality(out);
  }

  private boolean readFields(String json) {
    Arrays.fill(kinds, Kind.ABSENT);
    int seen = 0;
    try (JsonParser parser = JSON.createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        return reject(
            MALFORMED_MESSAGE,
            "expected a JSON object, got " + (first == null ? "only white space" : quote(json)));
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        Field field = FIELDS.get(parser.currentName());
        JsonToken token = parser.nextToken();
        if (field == null) {
          if (!skipValue(parser, token)) {
            return reject(MALFORMED_MESSAGE, "the message is not JSON: it has a NaN or infinity");
          }
          continue;
        }
        if ((seen & 1 << field.ordinal()) != 0) {
          return reject(
              MALFORMED_MESSAGE, "the field " + field.wireName() + " is there more than once");
        }
        seen |= 1 << field.ordinal();
        readValue(parser, token, field.ordinal());
      }
      if (parser.nextToken() != null) {
        return reject(MALFORMED_MESSAGE, "there is something after the end of the JSON object");
      }
      return true;
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      return reject(
          MALFORMED_MESSAGE,
          "the message is not JSON: "
              + oneLine(e.getOriginalMessage())
              + " (column "
              + column
              + ")");
    } catch (IOException e) {
      // A string has no input or output that could fail.
      throw new UncheckedIOException(e);
    }
  }

  private void readValue(JsonParser parser, JsonToken token, int field) throws IOException {
    switch (token) {
      case VALUE_STRING -> {
        kinds[field] = Kind.TEXT;
        texts[field] = parser.getText();
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        texts[field] = parser.getText();
        kinds[field] = isFinite(texts[field]) ? Kind.NUMBER : Kind.NOT_FINITE;
      }
      case VALUE_TRUE, VALUE_FALSE -> kinds[field] = Kind.BOOLEAN;
      // As absent.
      case VALUE_NULL -> kinds[field] = Kind.ABSENT;
      default -> {
        kinds[field] = Kind.NESTED;
        parser.skipChildren();
      }
    }
  }

  /** Reads over a value of any depth; false when there is a NaN or infinity in it. */
  private static boolean skipValue(JsonParser parser, JsonToken first) throws IOException {
    boolean finite = true;
    int depth = 0;
    JsonToken token = first;
    while (true) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
        finite &= isFinite(parser.getText());
      }
      if (depth == 0) {
        return finite;
      }
      token = parser.nextToken();
    }
  }

  private static boolean isFinite(String number) {
    char last = number.charAt(number.length() - 1);
    return last >= '0' && last <= '9';
  }

  private boolean judgeSchemaVersion() {
    if (!is(Field.SCHEMA_VERSION, Kind.NUMBER, "the number 1")) {
      return false;
    }
    String version = text(Field.SCHEMA_VERSION);
    Long number = version.length() > Decimals.MAX_CHARACTERS ? null : Decimals.exact(version, 0);
    return (number != null && number == 1)
        || reject(
            UNSUPPORTED_SCHEMA_VERSION,
            "schemaVersion is " + quote(version) + "; this version of WattBeam reads only 1");
  }

  private boolean judgeChannel(ParsedReading out) {
    if (!is(Field.METER, Kind.TEXT, "the name of the meter as a text")) {
      return false;
    }
    String meter = text(Field.METER);
    if (!Names.isMeter(meter)) {
      return reject(
          INVALID_NAME,
          "meter is " + quote(meter) + "; expected 1 to 128 characters without control characters");
    }
    String channel = Names.DEFAULT_CHANNEL;
    if (given(Field.CHANNEL)) {
      if (!is(Field.CHANNEL, Kind.TEXT, "the name of a channel as a text")) {
        return false;
      }
      channel = text(Field.CHANNEL);
      if (!Names.isChannel(channel)) {
        return reject(
            INVALID_NAME,
            "channel is "
                + quote(channel)
                + "; expected 1 to 64 of a-z, 0-9, '.', '_', '-', the first a letter or digit");
      }
    }
    out.channel = new MeterChannel(meter, channel);
    return true;
  }

  private boolean judgeType(ParsedReading out) {
    if (!is(Field.TYPE, Kind.TEXT, "power, interval or register")) {
      return false;
    }
    out.type = ReadingType.ofCode(text(Field.TYPE));
    return out.type != null
        || reject(
            UNKNOWN_READING_TYPE,
            "type is " + quote(text(Field.TYPE)) + "; expected power, interval or register");
  }

  private boolean judgeTime(ParsedReading out) {
    if (unit(out.type) == null || !is(Field.TIME, Kind.TEXT, "a date and time as a text")) {
      return false;
    }
    byte[] time = text(Field.TIME).getBytes(StandardCharsets.UTF_8);
    out.timeMillis = times.parse(time, 0, time.length);
    out.local = times.local();
    return out.timeMillis != IsoTime.INVALID
        || reject(
            INVALID_TIME,
            "time is "
                + quote(text(Field.TIME))
                + "; expected ISO 8601 such as 2024-03-01T00:00:05Z, 2024-03-01T01:00:05+01:00, or"
                + " without offset for the meter's local time");
  }

  private Unit unit(ReadingType type) {
    if (!is(Field.UNIT, Kind.TEXT, "a unit such as kW as a text")) {
      return null;
    }
    Unit unit = Unit.ofSymbol(text(Field.UNIT));
    if (unit == null) {
      reject(
          UNKNOWN_UNIT,
          "unit is " + quote(text(Field.UNIT)) + "; expected W, kW, MW, Wh, kWh or MWh");
      return null;
    }
    if (!unit.fits(type)) {
      reject(
          UNIT_MISMATCH,
          "unit "
              + unit.symbol()
              + " does not belong to type "
              + type.code()
              + "; expected "
              + (type == ReadingType.POWER ? "W, kW or MW" : "Wh, kWh or MWh"));
      return null;
    }
    return unit;
  }

  private boolean judgeValue(ParsedReading out) {
    String expected = "a decimal number";
    if (kinds[Field.VALUE.ordinal()] == Kind.NOT_FINITE
        || (kinds[Field.VALUE.ordinal()] == Kind.TEXT && !isNumber(text(Field.VALUE)))) {
      return reject(
          INVALID_VALUE, "value is " + quote(text(Field.VALUE)) + "; expected " + expected);
    }
    if (!is(Field.VALUE, Kind.NUMBER, expected)) {
      return false;
    }
    String number = text(Field.VALUE);
    Unit unit = Unit.ofSymbol(text(Field.UNIT));
    Long value =
        number.length() > Decimals.MAX_CHARACTERS
            ? null
            : Decimals.rounded(number, 9 + unit.exponent());
    if (value == null) {
      return reject(
          VALUE_OUT_OF_RANGE,
          "value is "
              + quote(number)
              + " "
              + unit.symbol()
              + "; at most about 9.2 million MW(h) and "
              + Decimals.MAX_CHARACTERS
              + " characters can be read");
    }
    out.value = value;
    return true;
  }

  private boolean judgeDuration(ParsedReading out) {
    out.durationMillis = 0;
    if (!given(Field.DURATION_SECONDS)) {
      return true;
    }
    String expected = "seconds above 0 with at most three decimals";
    if (kinds[Field.DURATION_SECONDS.ordinal()] != Kind.NOT_FINITE
        && !is(Field.DURATION_SECONDS, Kind.NUMBER, expected)) {
      return false;
    }
    String seconds = text(Field.DURATION_SECONDS);
    Long millis =
        kinds[Field.DURATION_SECONDS.ordinal()] == Kind.NOT_FINITE
                || seconds.length() > Decimals.MAX_CHARACTERS
            ? null
            : Decimals.exact(seconds, 3);
    if (millis == null || millis <= 0) {
      return reject(
          INVALID_DURATION, "durationSeconds is " + quote(seconds) + "; expected " + expected);
    }
    out.durationMillis = millis;
    return true;
  }

  private boolean judgeSequence(ParsedReading out) {
    out.sequence = Reading.NO_SEQUENCE;
    if (!given(Field.SEQUENCE)) {
      return true;
    }
    String expected = "a whole number from 0 to " + Long.MAX_VALUE;
    if (!is(Field.SEQUENCE, Kind.NUMBER, expected)) {
      return false;
    }
    String number = text(Field.SEQUENCE);
    Long sequence = number.length() > Decimals.MAX_CHARACTERS ? null : Decimals.exact(number, 0);
    if (sequence == null || sequence < 0) {
      return reject(WRONG_FIELD_TYPE, "sequence is " + quote(number) + "; expected " + expected);
    }
    out.sequence = sequence;
    return true;
  }

  private boolean judgeQuality(ParsedReading out) {
    out.quality = Quality.VALID;
    if (!given(Field.QUALITY)) {
      return true;
    }
    if (!is(Field.QUALITY, Kind.TEXT, "a quality as a text")) {
      return false;
    }
    out.quality = Quality.ofCode(text(Field.QUALITY));
    return out.quality != null
        || reject(
            UNKNOWN_QUALITY,
            "quality is "
                + quote(text(Field.QUALITY))
                + "; expected one of "
                + Arrays.stream(Quality.values())
                    .map(Quality::code)
                    .collect(Collectors.joining(", ")));
  }

  private boolean given(Field field) {
    return kinds[field.ordinal()] != Kind.ABSENT;
  }

  private String text(Field field) {
    return texts[field.ordinal()];
  }

  private boolean is(Field field, Kind expectedKind, String expected) {
    Kind kind = kinds[field.ordinal()];
    if (kind == expectedKind) {
      return true;
    }
    if (kind == Kind.ABSENT) {
      return reject(
          MISSING_FIELD,
          "the field " + field.wireName() + " is missing or null; expected " + expected);
    }
    return reject(
        WRONG_FIELD_TYPE, field.wireName() + " is " + kind.words + "; expected " + expected);
  }

  private static boolean isNumber(String text) {
    return text.length() <= Decimals.MAX_CHARACTERS
        && text.matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  }

  private boolean reject(DeadLetterCode code, String reason) {
    this.code = code;
    this.reason = reason;
    return false;
  }

  /** A piece of the message for a person to read: short, on one line, in quotation marks. */
  static String quote(String text) {
    String cut = text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
    return "'" + oneLine(cut) + "'";
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Half a surrogate pair cannot be stored as UTF-8 either.
      boolean printable = !Character.isISOControl(c) && !Character.isSurrogate(c);
      line.append(printable ? c : c == '\n' ? ' ' : '\uFFFD');
    }
    return line.toString();
  }
}
