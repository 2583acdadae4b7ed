package dev.wattbeam.io.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Lines of canonical JSON, each passed on as it is: what is wrong with one is judged where every
 * message is judged. Only what key, order and directory need is looked at.
 */
final class JsonLines implements RowParser {
  private static final JsonFactory JSON = new JsonFactory();

  private final TimePattern iso = new TimePattern(TimePattern.ISO);
  private final LocalTimes localTimes;
  // One instance per name, so that the messages of a large file share them.
  private final Map<String, Map<String, MeterChannel>> names = new HashMap<>();

  JsonLines(ZoneId zone) {
    this.localTimes = new LocalTimes(zone, 0);
  }

  @Override
  public void readHeader(LineReader lines) {}

  @Override
  public FileRow parse(LineReader line) {
    String meter = null;
    String channel = null;
    String type = null;
    String time = null;
    int from = line.from();
    try (JsonParser parser = JSON.createParser(line.bytes(), from, line.to() - from)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          JsonToken value = parser.nextToken();
          if (value == JsonToken.VALUE_STRING) {
            switch (field) {
              case "meter" -> meter = parser.getText();
              case "channel" -> channel = parser.getText();
              case "type" -> type = parser.getText();
              case "time" -> time = parser.getText();
              default -> {}
            }
          } else if (value != null && value.isStructStart()) {
            parser.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      // A malformed line goes on as far as it could be read: the pipeline makes it a dead letter.
    }
    MeterChannel key = null;
    if (meter != null && !MeterNames.valid(meter)) {
      meter = null;
    }
    if (meter != null && channel != null) {
      key =
          names
              .computeIfAbsent(meter, name -> new HashMap<>())
              .computeIfAbsent(channel, keyOf(meter));
      meter = key.meter();
    }
    return new FileRow.Message(
        line.number(),
        meter,
        key,
        type == null ? null : ReadingType.ofCode(type),
        time == null ? FileRow.Message.NO_TIME : moment(meter, time),
        line.copy());
  }

  private static Function<String, MeterChannel> keyOf(String meter) {
    return channel -> new MeterChannel(meter, channel);
  }

  private long moment(String meter, String time) {
    byte[] bytes = time.getBytes(StandardCharsets.UTF_8);
    try {
      long millis = iso.parse(bytes, 0, bytes.length);
      if (iso.hasOffset()) {
        return millis;
      }
      long resolved = localTimes.resolve(meter == null ? "" : meter, millis);
      return resolved == LocalTimes.NONEXISTENT ? FileRow.Message.NO_TIME : resolved;
    } catch (DateTimeException e) {
      return FileRow.Message.NO_TIME;
    }
  }
}
