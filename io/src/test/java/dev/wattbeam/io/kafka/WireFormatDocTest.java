package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Schema, page and parser say the same. */
class WireFormatDocTest {
  private static JsonNode schema() throws IOException {
    try (InputStream in = ReadingJson.class.getResourceAsStream("reading-v1.schema.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static String page() throws IOException {
    // Tests run in the folder of the module.
    Path page = Path.of("..", "docs", "wire-format.md");
    return Files.readString(Files.exists(page) ? page : Path.of("docs", "wire-format.md"));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(
        node -> {
          if (!node.isNull()) {
            texts.add(node.asText());
          }
        });
    return texts;
  }

  /** The cells of the table rows of the page that begin with something in code style. */
  private static List<List<String>> rows(String page) {
    return page.lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> Arrays.stream(line.split("\\|")).skip(1).map(String::trim).toList())
        .toList();
  }

  private static List<String> codeWords(String cell) {
    Matcher matcher = Pattern.compile("`([^`]+)`").matcher(cell);
    List<String> words = new ArrayList<>();
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  private static List<String> row(String field) throws IOException {
    return rows(page()).stream()
        .filter(cells -> cells.get(0).equals("`" + field + "`"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void fieldsAndWhatIsRequired() throws IOException {
    List<String> all = new ArrayList<>();
    List<String> required = new ArrayList<>();
    List<String> documented = new ArrayList<>();
    for (ReadingJsonParser.Field field : ReadingJsonParser.Field.values()) {
      all.add(field.wireName());
      if (field.required()) {
        required.add(field.wireName());
      }
      documented.add(
          field.wireName()
              + " "
              + (row(field.wireName()).get(1).equals("yes") == field.required()));
    }
    List<String> inSchema = new ArrayList<>();
    schema().get("properties").fieldNames().forEachRemaining(inSchema::add);
    assertThat(inSchema).isEqualTo(all);
    assertThat(texts(schema().get("required"))).isEqualTo(required);
    assertThat(documented).allMatch(line -> line.endsWith(" true"));
    assertThat(
            rows(page()).stream()
                .filter(cells -> cells.size() == 5)
                .map(cells -> codeWords(cells.get(0)).get(0)))
        .isEqualTo(all);
  }

  @Test
  void enums() throws IOException {
    JsonNode properties = schema().get("properties");
    List<String> types = Arrays.stream(ReadingType.values()).map(ReadingType::code).toList();
    List<String> units = Arrays.stream(Unit.values()).map(Unit::symbol).toList();
    List<String> qualities = Arrays.stream(Quality.values()).map(Quality::code).toList();
    assertThat(texts(properties.get("type").get("enum"))).isEqualTo(types);
    assertThat(texts(properties.get("unit").get("enum"))).isEqualTo(units);
    assertThat(texts(properties.get("quality").get("enum"))).isEqualTo(qualities);
    assertThat(codeWords(row("type").get(3))).isEqualTo(types);
    assertThat(codeWords(row("unit").get(3))).isEqualTo(units);
    assertThat(codeWords(row("quality").get(3)).subList(0, qualities.size())).isEqualTo(qualities);
  }

  @Test
  void everyCodeOfTheParserIsDocumentedAndNoOther() throws IOException {
    List<String> documented =
        rows(page()).stream()
            .filter(cells -> cells.size() == 2)
            .map(cells -> codeWords(cells.get(0)).get(0))
            .toList();
    assertThat(documented)
        .containsExactlyInAnyOrder(
            Arrays.stream(DeadLetterCode.values())
                .filter(WireFormatDocTest::isGivenByTheParser)
                .map(Enum::name)
                .toArray(String[]::new));
    for (ReadingJsonParser.Field field : ReadingJsonParser.Field.values()) {
      assertThat(documented).containsAll(codeWords(row(field.wireName()).get(4)));
    }
  }

  /** Written so that a new code has to be sorted in here. */
  private static boolean isGivenByTheParser(DeadLetterCode code) {
    return switch (code) {
      case EMPTY_MESSAGE,
          OVERSIZED_MESSAGE,
          MALFORMED_MESSAGE,
          UNSUPPORTED_SCHEMA_VERSION,
          MISSING_FIELD,
          WRONG_FIELD_TYPE,
          INVALID_NAME,
          UNKNOWN_READING_TYPE,
          UNKNOWN_UNIT,
          UNIT_MISMATCH,
          UNKNOWN_QUALITY,
          INVALID_VALUE,
          VALUE_OUT_OF_RANGE,
          INVALID_TIME,
          INVALID_DURATION ->
          true;
      case NEGATIVE_VALUE,
          TIME_IN_FUTURE,
          TIME_TOO_OLD,
          LOCAL_TIME_NONEXISTENT,
          UNKNOWN_METER,
          UNKNOWN_CHANNEL,
          INACTIVE_METER,
          READING_TYPE_MISMATCH,
          CONFLICTING_READING,
          INVALID_ROW,
          UNKNOWN_KIND ->
          false;
    };
  }

  @Test
  void patterns() throws IOException {
    JsonNode properties = schema().get("properties");
    assertThat(properties.get("channel").get("pattern").asText())
        .isEqualTo("^" + codeWords(row("channel").get(3)).get(0) + "$");
    assertThat(properties.get("channel").get("default").asText()).isEqualTo(Names.DEFAULT_CHANNEL);
    assertThat(properties.get("meter").get("maxLength").asInt())
        .isEqualTo(Names.MAX_METER_CHARACTERS);
    assertThat(properties.get("schemaVersion").get("const").asInt()).isEqualTo(1);
  }

  @Test
  void theExampleIsAReading() throws IOException {
    Matcher example = Pattern.compile("```json\n(.+)\n```").matcher(page());
    assertThat(example.find()).isTrue();
    byte[] message = example.group(1).getBytes(StandardCharsets.UTF_8);
    ReadingJson json = new ReadingJson();
    assertThat(json.parse(message)).isTrue();
    assertThat(ReadingJson.write(json.reading())).isEqualTo(message);
  }

  @Test
  void theLimitOfAMessage() throws IOException {
    assertThat(page())
        .contains("`--kafkaMaxMessageBytes` (" + ReadingJson.DEFAULT_MAX_MESSAGE_BYTES + ")");
  }
}
