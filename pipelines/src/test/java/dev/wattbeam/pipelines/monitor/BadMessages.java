package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.model.DeadLetterCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages that are no good readings, each with the code that it has to get. They are about the
 * meters of {@link Neighbourhoods} and sent at {@link Neighbourhoods#START} plus a day.
 */
final class BadMessages {
  /** Must stay what it is: text. */
  static final String INJECTION = "x'); DROP TABLE wattbeam.meters; --";

  private static final String GOOD =
      "{\"schemaVersion\":1,\"meter\":\"p1\",\"channel\":\"import\",\"type\":\"power\","
          + "\"unit\":\"kW\",\"time\":\"2024-03-30T00:00:00Z\",\"value\":1.5}";

  /**
   * A message and its code.
   *
   * @param payload null for a tombstone
   */
  record Bad(String what, DeadLetterCode code, byte[] payload) {}

  private final List<Bad> all = new ArrayList<>();

  private BadMessages() {}

  static List<Bad> all() {
    BadMessages messages = new BadMessages();
    messages.unreadable();
    messages.badFields();
    messages.badNumbersAndTimes();
    messages.refused();
    return messages.all;
  }

  private void unreadable() {
    add("a tombstone", DeadLetterCode.EMPTY_MESSAGE, (byte[]) null);
    add("no bytes", DeadLetterCode.EMPTY_MESSAGE, new byte[0]);
    add("no JSON", DeadLetterCode.MALFORMED_MESSAGE, "meter=p1 value=1.5");
    add("cut off", DeadLetterCode.MALFORMED_MESSAGE, GOOD.substring(0, 60));
    add("an array", DeadLetterCode.MALFORMED_MESSAGE, "[" + GOOD + "]");
    add("two objects", DeadLetterCode.MALFORMED_MESSAGE, GOOD + GOOD);
    add("a field twice", DeadLetterCode.MALFORMED_MESSAGE, GOOD.replace("}", ",\"value\":2}"));
    add("deep nesting", DeadLetterCode.MALFORMED_MESSAGE, "[".repeat(30_000));
    add(
        "invalid UTF-8",
        DeadLetterCode.MALFORMED_MESSAGE,
        GOOD.replace("p1", "p\u00e9").getBytes(StandardCharsets.ISO_8859_1));
    add("bytes", DeadLetterCode.MALFORMED_MESSAGE, new byte[] {0, -1, 1, 2, '{', '}', 0});
    byte[] megabyte =
        ("{\"comment\":\"" + "x".repeat(1_000_000) + "\"}").getBytes(StandardCharsets.UTF_8);
    add("1 MB", DeadLetterCode.OVERSIZED_MESSAGE, megabyte);
    add(
        "a reading in 1 MB of white space and umlauts",
        DeadLetterCode.OVERSIZED_MESSAGE,
        GOOD.replace("}", ",\"x\":\"" + "\u00fc".repeat(500_000) + "\"}"));
  }

  private void badFields() {
    field("another version", DeadLetterCode.UNSUPPORTED_SCHEMA_VERSION, ":1,", ":2,");
    field("no meter", DeadLetterCode.MISSING_FIELD, "\"meter\":\"p1\",", "");
    field("value null", DeadLetterCode.MISSING_FIELD, "1.5", "null");
    field("version as text", DeadLetterCode.WRONG_FIELD_TYPE, ":1,", ":\"1\",");
    field("meter as number", DeadLetterCode.WRONG_FIELD_TYPE, "\"p1\"", "17");
    field("value as text", DeadLetterCode.WRONG_FIELD_TYPE, "1.5", "\"1.5\"");
    field("value as object", DeadLetterCode.WRONG_FIELD_TYPE, "1.5", "{\"kW\":1.5}");
    field(
        "time as number",
        DeadLetterCode.WRONG_FIELD_TYPE,
        "\"2024-03-30T00:00:00Z\"",
        "1711756800");
    field("sequence below 0", DeadLetterCode.WRONG_FIELD_TYPE, "}", ",\"sequence\":-1}");
    field("no name", DeadLetterCode.INVALID_NAME, "p1", "");
    field("a NUL in the name", DeadLetterCode.INVALID_NAME, "p1", "p\\u0000");
    field("a long name", DeadLetterCode.INVALID_NAME, "p1", "p".repeat(129));
    field("SQL as channel", DeadLetterCode.INVALID_NAME, "import", INJECTION);
    field("SQL as type", DeadLetterCode.UNKNOWN_READING_TYPE, "\"power\"", "\"" + INJECTION + "\"");
    field("another unit", DeadLetterCode.UNKNOWN_UNIT, "kW", "furlong");
    field("SQL as unit", DeadLetterCode.UNKNOWN_UNIT, "kW", INJECTION);
    field("kWh of power", DeadLetterCode.UNIT_MISMATCH, "kW", "kWh");
    field("another quality", DeadLetterCode.UNKNOWN_QUALITY, "}", ",\"quality\":\"superb\"}");
    field("no duration", DeadLetterCode.INVALID_DURATION, "}", ",\"durationSeconds\":0}");
  }

  private void badNumbersAndTimes() {
    field("NaN", DeadLetterCode.INVALID_VALUE, "1.5", "NaN");
    field("NaN as text", DeadLetterCode.INVALID_VALUE, "1.5", "\"NaN\"");
    field("infinity", DeadLetterCode.INVALID_VALUE, "1.5", "Infinity");
    field("minus infinity", DeadLetterCode.INVALID_VALUE, "1.5", "-Infinity");
    field("words", DeadLetterCode.INVALID_VALUE, "1.5", "\"one and a half\"");
    field("1e400", DeadLetterCode.VALUE_OUT_OF_RANGE, "1.5", "1e400");
    field("1e18 kW", DeadLetterCode.VALUE_OUT_OF_RANGE, "1.5", "1000000000000000000");
    time("yesterday", DeadLetterCode.INVALID_TIME, "yesterday");
    time("30 February", DeadLetterCode.INVALID_TIME, "2024-02-30T00:00:00Z");
    time("five digits", DeadLetterCode.INVALID_TIME, "+12024-03-30T00:00:00Z");
    time("SQL as time", DeadLetterCode.INVALID_TIME, INJECTION);
    time("the year 9999", DeadLetterCode.TIME_IN_FUTURE, "9999-12-31T23:59:59Z");
    time("two hours ahead", DeadLetterCode.TIME_IN_FUTURE, "2024-03-30T02:00:00Z");
    time("the year 0", DeadLetterCode.TIME_TOO_OLD, "0000-01-01T00:00:00Z");
    time("1999", DeadLetterCode.TIME_TOO_OLD, "1999-12-31T23:59:59Z");
    // A change of an earlier year: this year's would lie in the future of the message.
    time("left out by the clock", DeadLetterCode.LOCAL_TIME_NONEXISTENT, "2023-03-26T02:30:00");
  }

  private void refused() {
    field("a stranger", DeadLetterCode.UNKNOWN_METER, "p1", "nobody-knows");
    field("SQL as meter", DeadLetterCode.UNKNOWN_METER, "p1", INJECTION);
    field("a meter out of service", DeadLetterCode.INACTIVE_METER, "p1", "gone");
    field("another channel", DeadLetterCode.UNKNOWN_CHANNEL, "import", "export");
    add(
        "another type",
        DeadLetterCode.READING_TYPE_MISMATCH,
        GOOD.replace("power", "register").replace("kW", "kWh"));
    field("26 hours", DeadLetterCode.INVALID_DURATION, "}", ",\"durationSeconds\":93600}");
    field("above the rating", DeadLetterCode.VALUE_OUT_OF_RANGE, "1.5", "12.5");
    field("below zero", DeadLetterCode.NEGATIVE_VALUE, "1.5", "-0.5");
  }

  private void time(String what, DeadLetterCode code, String time) {
    field(what, code, "2024-03-30T00:00:00Z", time);
  }

  private void field(String what, DeadLetterCode code, String part, String replacement) {
    add(what, code, GOOD.replace(part, replacement));
  }

  private void add(String what, DeadLetterCode code, String payload) {
    add(what, code, payload.getBytes(StandardCharsets.UTF_8));
  }

  private void add(String what, DeadLetterCode code, byte[] payload) {
    all.add(new Bad(what, code, payload));
  }
}
