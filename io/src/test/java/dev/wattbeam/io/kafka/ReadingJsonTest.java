package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingJsonTest {
  private static final String EXAMPLE =
      "{\"schemaVersion\":1,\"meter\":\"m000123\",\"channel\":\"import\",\"type\":\"power\","
          + "\"unit\":\"kW\",\"time\":\"2024-03-01T00:00:05Z\",\"value\":1.234,\"sequence\":17}";

  private final ReadingJson json = new ReadingJson();

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Reading read(String message) {
    assertThat(json.parse(utf8(message))).as(message).isTrue();
    return json.reading();
  }

  /** A message with one field of the example replaced, in JSON. */
  private static String with(String field, String value) {
    StringBuilder message = new StringBuilder("{");
    Map<String, String> usual =
        Map.of(
            "schemaVersion", "1",
            "meter", "\"m1\"",
            "type", "\"power\"",
            "unit", "\"kW\"",
            "time", "\"2024-03-01T00:00:05Z\"",
            "value", "1.5");
    List<String> fields = new ArrayList<>();
    usual.forEach(
        (name, json) -> {
          if (!name.equals(field)) {
            fields.add("\"" + name + "\":" + json);
          }
        });
    if (value != null) {
      fields.add("\"" + field + "\":" + value);
    }
    return message.append(String.join(",", fields)).append("}").toString();
  }

  private void rejects(String message, DeadLetterCode code) {
    rejects(utf8(message), code);
  }

  private void rejects(byte[] message, DeadLetterCode code) {
    assertThat(json.parse(message)).isFalse();
    assertThat(json.code()).as(json.reason()).isEqualTo(code);
    assertThat(json.reason()).isNotBlank().doesNotContain("\n").hasSizeLessThan(500);
  }

  @Test
  void readsTheCanonicalExample() {
    assertThat(read(EXAMPLE))
        .isEqualTo(
            new Reading(
                "m000123",
                "import",
                ReadingType.POWER,
                Instant.parse("2024-03-01T00:00:05Z").toEpochMilli(),
                1_234_000_000L,
                0,
                17,
                Quality.VALID));
    assertThat(json.local()).isFalse();
    assertThat(new String(ReadingJson.write(json.reading()), StandardCharsets.UTF_8))
        .isEqualTo(EXAMPLE);
  }

  @Test
  void addsToTheBatch() {
    ReadingBatch.Builder batch = new ReadingBatch.Builder("readings", 3, 7, 1);
    assertThat(json.parse(utf8(EXAMPLE), 42, 99, batch)).isTrue();
    assertThat(json.parse(utf8("{"), 43, 99, batch)).isFalse();
    ReadingBatch built = batch.build();
    assertThat(built.size()).isEqualTo(1);
    assertThat(built.reading(0)).isEqualTo(read(EXAMPLE));
    assertThat(built.origin(0)).isEqualTo(new Origin("readings", 3, 42));
    assertThat(built.known(0)).isEqualTo(99);
    assertThat(built.payload(0)).isEqualTo(EXAMPLE);
  }

  @Test
  void readsEveryOptionalField() {
    Reading reading =
        read(
            "\n{ \"quality\" : \"estimated-linear\" , \"durationSeconds\" : 900.5 ,\t\"value\" : -2e-3,"
                + "\"time\":\"2024-03-01T00:15\",\"unit\":\"MWh\",\"type\":\"interval\","
                + "\"meter\":\"\\u0041 caf\\u00e9 \\ud83d\\udd0c\",\"schemaVersion\":1.0,\"site\":{\"a\":[1,{}]}}\r\n");
    assertThat(reading)
        .isEqualTo(
            new Reading(
                "A café \uD83D\uDD0C",
                "import",
                ReadingType.INTERVAL,
                Instant.parse("2024-03-01T00:15:00Z").toEpochMilli(),
                -2_000_000_000L,
                900_500,
                Reading.NO_SEQUENCE,
                Quality.ESTIMATED_LINEAR));
    assertThat(json.local()).isTrue();
  }

  @Test
  void nullIsAsAbsent() {
    assertThat(read(with("channel", "null")).channel()).isEqualTo("import");
    assertThat(read(with("quality", "null")).quality()).isEqualTo(Quality.VALID);
    rejects(with("value", "null"), DeadLetterCode.MISSING_FIELD);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000000000",
    "-0, 0",
    "-0.0, 0",
    "0.0000000005, 0",
    "0.0000000015, 2",
    "-0.0000000015, -2",
    "0.00000000050000000000000000000001, 1",
    "1e0, 1000000000",
    "1E+2, 100000000000",
    "12.5e-1, 1250000000",
    "9223372036.854775807, 9223372036854775807",
    "-9223372036.854775808, -9223372036854775808",
    "1e-999999999999, 0",
    "0e999999999999, 0",
    "0.000000000000000000000000000001e30, 1000000000"
  })
  void valuesAreExact(String value, long nanos) {
    assertThat(read(with("value", value)).value()).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({
    "W, power, 1000000",
    "kW, power, 1000000000",
    "MW, power, 1000000000000",
    "Wh, interval, 1000000",
    "kWh, register, 1000000000",
    "MWh, register, 1000000000000"
  })
  void unitsAreConverted(String unit, String type, long nanosOfOne) {
    String message =
        with("value", "1")
            .replace("\"unit\":\"kW\"", "\"unit\":\"" + unit + "\"")
            .replace("\"type\":\"power\"", "\"type\":\"" + type + "\"");
    assertThat(read(message).value()).isEqualTo(nanosOfOne);
  }

  @Test
  void emptyMessages() {
    rejects((byte[]) null, DeadLetterCode.EMPTY_MESSAGE);
    rejects(new byte[0], DeadLetterCode.EMPTY_MESSAGE);
  }

  @Test
  void oversizedMessagesAreNotParsed() {
    rejects(new byte[1_000_000], DeadLetterCode.OVERSIZED_MESSAGE);
    ReadingJson small = new ReadingJson(EXAMPLE.length());
    assertThat(small.parse(utf8(EXAMPLE))).isTrue();
    assertThat(small.parse(utf8(EXAMPLE + " "))).isFalse();
    assertThat(small.code()).isEqualTo(DeadLetterCode.OVERSIZED_MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "hello",
        "[]",
        "null",
        "1",
        "\"text\"",
        "{",
        "{\"schemaVersion\":1",
        "{\"schemaVersion\":1,}",
        "{\"schemaVersion\":01}",
        "{'schemaVersion':1}",
        "{schemaVersion:1}",
        "{\"meter\":\"a\u0001b\"}",
        "{\"meter\":\"a\nb\"}",
        "{\"meter\":\"\\x\"}",
        "{\"value\":+1}",
        "{\"value\":.5}",
        "{\"value\":5.}",
        "{\"value\":0x10}",
        "{\"value\":tru}",
        "{\"a\":[}",
        "{\"a\":NaN}",
        "{\"a\":[1,{\"b\":-Infinity}]}",
        "{\"value\":1,\"value\":1}",
        "\uFEFF{}"
      })
  void malformedMessages(String message) {
    rejects(message, DeadLetterCode.MALFORMED_MESSAGE);
  }

  @Test
  void aFieldThatIsThereTwice() {
    rejects(EXAMPLE.replace("}", ",\"sequence\":18}"), DeadLetterCode.MALFORMED_MESSAGE);
    assertThat(json.reason()).contains("sequence");
    rejects(EXAMPLE.replace("}", ",\"meter\":\"m000123\"}"), DeadLetterCode.MALFORMED_MESSAGE);
    assertThat(json.parse(utf8(EXAMPLE.replace("}", ",\"a\":1,\"a\":2}")))).isTrue();
  }

  @Test
  void somethingBehindTheObject() {
    rejects(EXAMPLE + "x", DeadLetterCode.MALFORMED_MESSAGE);
    rejects(EXAMPLE + "{}", DeadLetterCode.MALFORMED_MESSAGE);
    rejects(EXAMPLE + "\0", DeadLetterCode.MALFORMED_MESSAGE);
    assertThat(json.parse(utf8(EXAMPLE + " \n"))).isTrue();
  }

  @Test
  void invalidUtf8() {
    byte[] message = utf8(with("meter", "\"mXX\""));
    int at = new String(message, StandardCharsets.ISO_8859_1).indexOf("XX");
    byte[][] bad = {
      {(byte) 0xFF, 'a'}, {(byte) 0xC3, '"'}, {(byte) 0xC0, (byte) 0x80}, {(byte) 0xE9, 'a'}
    };
    for (byte[] pair : bad) {
      byte[] broken = message.clone();
      broken[at] = pair[0];
      broken[at + 1] = pair[1];
      rejects(broken, DeadLetterCode.MALFORMED_MESSAGE);
      assertThat(json.reason()).contains("UTF-8");
    }
    // A surrogate written as UTF-8, as some senders do.
    rejects(
        new byte[] {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'},
        DeadLetterCode.MALFORMED_MESSAGE);
  }

  @Test
  void deepNestingIsNoDanger() {
    rejects("{\"a\":" + "[".repeat(30_000), DeadLetterCode.MALFORMED_MESSAGE);
    rejects("[".repeat(60_000), DeadLetterCode.MALFORMED_MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"schemaVersion", "meter", "type", "unit", "time", "value"})
  void requiredFields(String field) {
    rejects(with(field, null), DeadLetterCode.MISSING_FIELD);
    assertThat(json.reason()).contains(field);
    rejects(with(field, "null"), DeadLetterCode.MISSING_FIELD);
    rejects(with(field, "[1]"), DeadLetterCode.WRONG_FIELD_TYPE);
    rejects(with(field, "true"), DeadLetterCode.WRONG_FIELD_TYPE);
    assertThat(json.reason()).contains(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schemaVersion | 2 | UNSUPPORTED_SCHEMA_VERSION",
        "schemaVersion | -1 | UNSUPPORTED_SCHEMA_VERSION",
        "schemaVersion | 1.5 | UNSUPPORTED_SCHEMA_VERSION",
        "schemaVersion | 1e400 | UNSUPPORTED_SCHEMA_VERSION",
        "schemaVersion | \"1\" | WRONG_FIELD_TYPE",
        "schemaVersion | NaN | WRONG_FIELD_TYPE",
        "meter | \"\" | INVALID_NAME",
        "meter | \"a\\u0000b\" | INVALID_NAME",
        "meter | \"a\\tb\" | INVALID_NAME",
        "meter | \"a\\u0085b\" | INVALID_NAME",
        "meter | \"a\u007Fb\" | INVALID_NAME",
        "meter | \"\\ud800\" | INVALID_NAME",
        "meter | 12 | WRONG_FIELD_TYPE",
        "channel | \"\" | INVALID_NAME",
        "channel | \"Import\" | INVALID_NAME",
        "channel | \"-a\" | INVALID_NAME",
        "channel | \"a b\" | INVALID_NAME",
        "channel | \"'; drop table x;--\" | INVALID_NAME",
        "channel | 1 | WRONG_FIELD_TYPE",
        "type | \"POWER\" | UNKNOWN_READING_TYPE",
        "type | 1 | WRONG_FIELD_TYPE",
        "unit | \"mW\" | UNKNOWN_UNIT",
        "unit | \"kWh\" | UNIT_MISMATCH",
        "unit | false | WRONG_FIELD_TYPE",
        "time | \"\" | INVALID_TIME",
        "time | \"2024-02-30T00:00:00Z\" | INVALID_TIME",
        "time | \"now\" | INVALID_TIME",
        "time | 1709251205 | WRONG_FIELD_TYPE",
        "value | NaN | INVALID_VALUE",
        "value | -Infinity | INVALID_VALUE",
        "value | \"NaN\" | INVALID_VALUE",
        "value | \"Infinity\" | INVALID_VALUE",
        "value | \"\" | INVALID_VALUE",
        "value | \"1,5\" | INVALID_VALUE",
        "value | \"1.5\" | WRONG_FIELD_TYPE",
        "value | {} | WRONG_FIELD_TYPE",
        "value | 9223372036.854775808 | VALUE_OUT_OF_RANGE",
        "value | -9223372036.854775809 | VALUE_OUT_OF_RANGE",
        "value | 1e400 | VALUE_OUT_OF_RANGE",
        "value | -1e999999999999 | VALUE_OUT_OF_RANGE",
        "durationSeconds | 0 | INVALID_DURATION",
        "durationSeconds | -5 | INVALID_DURATION",
        "durationSeconds | 0.0001 | INVALID_DURATION",
        "durationSeconds | 1e30 | INVALID_DURATION",
        "durationSeconds | NaN | INVALID_DURATION",
        "durationSeconds | \"900\" | WRONG_FIELD_TYPE",
        "sequence | -1 | WRONG_FIELD_TYPE",
        "sequence | 1.5 | WRONG_FIELD_TYPE",
        "sequence | 9223372036854775808 | WRONG_FIELD_TYPE",
        "sequence | \"1\" | WRONG_FIELD_TYPE",
        "quality | \"good\" | UNKNOWN_QUALITY",
        "quality | 1 | WRONG_FIELD_TYPE"
      })
  void everyCode(String field, String value, DeadLetterCode code) {
    rejects(with(field, value), code);
    assertThat(json.reason()).contains(field);
  }

  @Test
  void namesHaveALength() {
    assertThat(read(with("meter", "\"" + "é".repeat(128) + "\"")).meter()).hasSize(128);
    assertThat(read(with("meter", "\"" + "m".repeat(128) + "\"")).meter()).hasSize(128);
    rejects(with("meter", "\"" + "m".repeat(129) + "\""), DeadLetterCode.INVALID_NAME);
    assertThat(read(with("channel", "\"" + "c".repeat(64) + "\"")).channel()).hasSize(64);
    rejects(with("channel", "\"" + "c".repeat(65) + "\""), DeadLetterCode.INVALID_NAME);
  }

  @Test
  void endlessNumbers() {
    rejects(with("value", "1" + "0".repeat(50_000)), DeadLetterCode.VALUE_OUT_OF_RANGE);
    rejects(with("value", "0." + "1".repeat(50_000)), DeadLetterCode.VALUE_OUT_OF_RANGE);
    rejects(with("sequence", "1".repeat(50_000)), DeadLetterCode.WRONG_FIELD_TYPE);
    assertThat(read(with("unknown", "1".repeat(50_000))).value()).isEqualTo(1_500_000_000L);
  }

  @Test
  void theFirstFaultInTheOrderOfTheFieldsCounts() {
    rejects(
        "{\"value\":\"x\",\"time\":7,\"unit\":\"kWh\",\"schemaVersion\":2,\"type\":\"power\"}",
        DeadLetterCode.UNSUPPORTED_SCHEMA_VERSION);
  }

  @Test
  void hostileNamesAreOnlyNames() {
    Reading reading = read(with("meter", "\"'; DROP TABLE meters; --\""));
    assertThat(reading.meter()).isEqualTo("'; DROP TABLE meters; --");
  }

  @Test
  void knownChannelsAreNotMadeAgain() {
    read(EXAMPLE);
    MeterChannel first = json.meterChannel();
    read(EXAMPLE.replace("1.234", "2"));
    assertThat(json.meterChannel()).isSameAs(first);
  }

  @Test
  void manyInventedNamesDoNotConfuseTheCache() {
    for (int i = 0; i < 600_000; i++) {
      String meter = "m" + i % 300_000;
      assertThat(json.parse(utf8(EXAMPLE.replace("m000123", meter)))).isTrue();
      if (!json.meterChannel().meter().equals(meter)) {
        assertThat(json.meterChannel().meter()).isEqualTo(meter);
      }
    }
  }

  @Test
  void writesOnlyWhatCanBeRead() {
    Reading good = read(EXAMPLE);
    List<Reading> bad =
        List.of(
            new Reading("", "import", good.type(), 0, 0, 0, 0, Quality.VALID),
            new Reading("a\nb", "import", good.type(), 0, 0, 0, 0, Quality.VALID),
            new Reading("m", "Import", good.type(), 0, 0, 0, 0, Quality.VALID),
            new Reading("m", "import", good.type(), Long.MAX_VALUE, 0, 0, 0, Quality.VALID),
            new Reading("m", "import", good.type(), 0, 0, -1, 0, Quality.VALID),
            new Reading("m", "import", good.type(), 0, 0, 0, -2, Quality.VALID));
    for (Reading reading : bad) {
      assertThatThrownBy(() -> ReadingJson.write(reading))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no form on the wire");
    }
  }

  @Test
  void writesLocalTimes() {
    Reading reading = read(EXAMPLE);
    assertThat(json.parse(ReadingJson.writeLocal(reading))).isTrue();
    assertThat(json.local()).isTrue();
    assertThat(json.reading()).isEqualTo(reading);
  }
}
