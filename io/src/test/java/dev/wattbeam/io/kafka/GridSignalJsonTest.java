package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import dev.wattbeam.model.GridValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridSignalJsonTest {
  private static final long SENT = Instant.parse("2024-03-01T01:00:00Z").toEpochMilli();
  private static final int MAX = 10_000;
  private static final GridSignal SIGNAL =
      new GridSignal(
          "rte-eco2mix",
          "FR-11",
          Instant.parse("2024-03-01T00:00:00Z").toEpochMilli(),
          Instant.parse("2024-03-01T00:30:00Z").toEpochMilli(),
          SENT,
          GridStage.CONSOLIDATED,
          List.of(
              new GridValue("pumping", GridKind.ACTUAL, GridUnit.MW, -42_000_000_000L),
              new GridValue("price.day-ahead", GridKind.ACTUAL, GridUnit.EUR_PER_MWH, 1),
              new GridValue("carbon-index", GridKind.FORECAST, GridUnit.BAND, 5_000_000_000L)));
  private static final String TEXT =
      "{\"schemaVersion\":1,\"source\":\"rte-eco2mix\",\"area\":\"FR-11\","
          + "\"start\":\"2024-03-01T00:00:00Z\",\"end\":\"2024-03-01T00:30:00Z\","
          + "\"knownAt\":\"2024-03-01T01:00:00Z\",\"stage\":\"consolidated\",\"values\":["
          + "{\"name\":\"pumping\",\"kind\":\"actual\",\"unit\":\"MW\",\"value\":-42},"
          + "{\"name\":\"price.day-ahead\",\"kind\":\"actual\",\"unit\":\"EUR/MWh\","
          + "\"value\":0.000000001},"
          + "{\"name\":\"carbon-index\",\"kind\":\"forecast\",\"unit\":\"band\",\"value\":5}]}";

  private static GridSignal parse(String text) throws GridSignalJson.InvalidSignalException {
    return GridSignalJson.parse(text.getBytes(StandardCharsets.UTF_8), SENT, MAX);
  }

  @Test
  void writesAndReads() throws Exception {
    assertThat(new String(GridSignalJson.write(SIGNAL), StandardCharsets.UTF_8)).isEqualTo(TEXT);
    assertThat(parse(TEXT)).isEqualTo(SIGNAL);
    assertThat(parse(TEXT.replace("\"schemaVersion\":1", "\"other\":[{}],\"schemaVersion\":1.0")))
        .isEqualTo(SIGNAL);
    assertThat(parse(TEXT.replace("0.000000001", "1e-9"))).isEqualTo(SIGNAL);
    assertThat(parse(TEXT.replace("0.000000001", "1e-999999999")).values().get(1).value()).isZero();
    assertThat(parse(TEXT.replace("T00:30:00Z", "T01:30+01:00"))).isEqualTo(SIGNAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "schemaVersion":1                | "schemaVersion":2                | UNSUPPORTED_SCHEMA_VERSION
          "schemaVersion":1                | "schemaVersion":"1"              | WRONG_FIELD_TYPE
          "schemaVersion":1,               | ``                               | MISSING_FIELD
          "source":"rte-eco2mix"           | "source":"RTE"                   | INVALID_NAME
          "area":"FR-11"                   | "area":""                        | INVALID_NAME
          "area":"FR-11"                   | "area":null                      | MISSING_FIELD
          "area":"FR-11"                   | "area":"FR-11","area":"FR-12"    | MALFORMED_MESSAGE
          "2024-03-01T00:30:00Z"           | "2024-03-01T00:30:00"            | INVALID_TIME
          "2024-03-01T00:30:00Z"           | "2024-02-30T00:30:00Z"           | INVALID_TIME
          "2024-03-01T00:30:00Z"           | "2024-03-01T00:00:00Z"           | INVALID_DURATION
          "2024-03-01T00:30:00Z"           | "2024-03-02T01:00:01Z"           | INVALID_DURATION
          "start":"2024                    | "start":"1999                    | INVALID_DURATION
          "knownAt":"2024-03-01T01:00:00Z" | "knownAt":"2024-03-01T02:00:01Z" | TIME_IN_FUTURE
          "stage":"consolidated"           | "stage":"settled"                | UNKNOWN_KIND
          "kind":"forecast"                | "kind":"guess"                   | UNKNOWN_KIND
          "unit":"MW"                      | "unit":"mW"                      | UNKNOWN_UNIT
          "value":5                        | "value":"5"                      | WRONG_FIELD_TYPE
          "value":5                        | "value":6                        | VALUE_OUT_OF_RANGE
          "value":5                        | "value":-1                       | NEGATIVE_VALUE
          "value":5                        | "value":NaN                      | INVALID_VALUE
          "value":5                        | "value":1e20                     | VALUE_OUT_OF_RANGE
          "name":"pumping"                 | "name":"a b"                     | INVALID_NAME
          "values":[                       | "values":[],"old":[              | MISSING_FIELD
          "values":[                       | "values":[7,                     | WRONG_FIELD_TYPE
          "values":[                       | "values":{},"old":[              | WRONG_FIELD_TYPE
          ]}                               | ]}}                              | MALFORMED_MESSAGE
          ]}                               | ]                                | MALFORMED_MESSAGE
          """)
  void saysWhatIsWrong(String good, String bad, DeadLetterCode code) {
    assertThat(TEXT).contains(good);
    assertRejected(TEXT.replace(good, bad).getBytes(StandardCharsets.UTF_8), code);
  }

  @Test
  void saysWhatIsWrongWithTheMessage() {
    String both =
        TEXT.replace(
            "\"name\":\"carbon-index\",\"kind\":\"forecast\"",
            "\"name\":\"pumping\",\"kind\":\"actual\"");
    assertRejected(both.getBytes(StandardCharsets.UTF_8), DeadLetterCode.MALFORMED_MESSAGE);
    assertRejected(null, DeadLetterCode.EMPTY_MESSAGE);
    assertRejected(new byte[0], DeadLetterCode.EMPTY_MESSAGE);
    assertRejected(new byte[MAX + 1], DeadLetterCode.OVERSIZED_MESSAGE);
    assertRejected(new byte[] {'"', (byte) 0xff, '"'}, DeadLetterCode.MALFORMED_MESSAGE);
    assertRejected(new byte[] {'7'}, DeadLetterCode.MALFORMED_MESSAGE);
    String old = TEXT.replace("\"2024-03-01T00", "\"1999-03-01T00");
    assertRejected(old.getBytes(StandardCharsets.UTF_8), DeadLetterCode.TIME_TOO_OLD);
  }

  private static void assertRejected(byte[] message, DeadLetterCode code) {
    GridSignalJson.InvalidSignalException rejection =
        catchThrowableOfType(
            GridSignalJson.InvalidSignalException.class,
            () -> GridSignalJson.parse(message, SENT, MAX));
    assertThat(rejection).isNotNull();
    assertThat(rejection.code()).as(rejection.getMessage()).isEqualTo(code);
  }

  @Test
  void polls() throws Exception {
    PollFormat.PartitionParser<GridPoll> parser =
        SerializableUtils.clone(new GridPoll.Format("test"))
            .parser(KafkaConfig.of("localhost:1", "grid"));
    parser.begin(3, PartitionClocks.NONE, PartitionClocks.NONE, 2);
    parser.add(17, SENT, TEXT.getBytes(StandardCharsets.UTF_8));
    parser.add(18, SENT, null);
    GridPoll poll = parser.end();
    assertThat(poll.signals()).containsExactly(SIGNAL);
    assertThat(poll.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.code()).isEqualTo(DeadLetterCode.EMPTY_MESSAGE);
              assertThat(letter.origin().toString()).contains("grid", "3", "18");
            });
    CoderProperties.coderDecodeEncodeEqual(GridPoll.GridPollCoder.of(), poll);
    CoderProperties.coderSerializable(GridPoll.GridPollCoder.of());
  }
}
