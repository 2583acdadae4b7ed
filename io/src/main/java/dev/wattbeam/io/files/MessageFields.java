package dev.wattbeam.io.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What a message of the wire format says of itself, as far as it can be read: enough for the key
 * and the order of sending. Whether it is right is judged where every message is judged.
 *
 * @param meter null when it is absent or no name of a meter
 * @param channel null when it is absent
 * @param type null when it is absent
 * @param time null when it is absent
 */
public record MessageFields(String meter, String channel, String type, String time) {
  private static final JsonFactory JSON = new JsonFactory();

  /** The fields of a whole message. */
  public static MessageFields of(byte[] message) {
    return of(message, 0, message.length);
  }

  static MessageFields of(byte[] bytes, int from, int length) {
    String meter = null;
    String channel = null;
    String type = null;
    String time = null;
    try (JsonParser parser = JSON.createParser(bytes, from, length)) {
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
      // A malformed message goes on as far as it could be read: the pipeline makes it a dead
      // letter.
    }
    return new MessageFields(
        meter != null && MeterNames.valid(meter) ? meter : null, channel, type, time);
  }
}
