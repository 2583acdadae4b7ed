package dev.wattbeam.io.archive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A message of a topic as one line of JSON, and back. Bytes that are UTF-8 are written as text,
 * others as Base64, so nothing changes on the way and most lines can be read.
 *
 * @param key null: none
 * @param value null: none
 */
record ArchivedMessage(long offset, long timestampMillis, byte[] key, byte[] value) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** Writes a line, with its end. */
  static void write(ConsumerRecord<byte[], byte[]> message, ByteArrayOutputStream out) {
    ascii(out, "{\"topic\":\"");
    ascii(out, message.topic()); // letters, digits, '.', '_' and '-' only
    ascii(out, "\",\"partition\":");
    ascii(out, Integer.toString(message.partition()));
    ascii(out, ",\"offset\":");
    ascii(out, Long.toString(message.offset()));
    ascii(out, ",\"timestamp\":");
    ascii(out, Long.toString(message.timestamp()));
    bytes(out, ",\"key", message.key());
    bytes(out, ",\"value", message.value());
    String separator = ",\"headers\":[{";
    for (Header header : message.headers()) {
      bytes(out, separator + "\"name", header.key().getBytes(StandardCharsets.UTF_8));
      bytes(out, ",\"value", header.value());
      separator = "},{";
    }
    ascii(out, separator.startsWith("}") ? "}]}\n" : "}\n");
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    for (int i = 0; i < text.length(); i++) {
      out.write(text.charAt(i));
    }
  }

  private static void bytes(ByteArrayOutputStream out, String name, byte[] bytes) {
    ascii(out, name);
    if (bytes == null) {
      ascii(out, "\":null");
    } else if (isUtf8(bytes)) {
      ascii(out, "\":\"");
      int done = 0;
      for (int i = 0; i < bytes.length; i++) {
        byte b = bytes[i];
        if ((b >= ' ' && b != '"' && b != '\\') || b < 0) {
          continue;
        }
        out.write(bytes, done, i - done);
        done = i + 1;
        if (b >= ' ') {
          out.write('\\');
          out.write(b);
        } else {
          ascii(out, "\\u00");
          out.write(HEX[b >> 4]);
          out.write(HEX[b & 15]);
        }
      }
      out.write(bytes, done, bytes.length - done);
      out.write('"');
    } else {
      ascii(out, "Base64\":\"");
      ascii(out, Base64.getEncoder().encodeToString(bytes));
      out.write('"');
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    int i = 0;
    while (i < bytes.length && bytes[i] >= 0) {
      i++;
    }
    if (i == bytes.length) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, bytes.length - i));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Reads a line. */
  static ArchivedMessage parse(byte[] line) throws IOException {
    long offset = -1;
    long timestamp = 0;
    byte[] key = null;
    byte[] value = null;
    try (JsonParser json = JSON.createParser(line)) {
      expect(json.nextToken() == JsonToken.START_OBJECT, line);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        switch (name) {
          case "offset" -> offset = json.getLongValue();
          case "timestamp" -> timestamp = json.getLongValue();
          case "key" -> key = text(json, token);
          case "value" -> value = text(json, token);
          case "keyBase64" -> key = json.getBinaryValue();
          case "valueBase64" -> value = json.getBinaryValue();
          default -> json.skipChildren();
        }
      }
    }
    expect(offset >= 0, line);
    return new ArchivedMessage(offset, timestamp, key, value);
  }

  private static byte[] text(JsonParser json, JsonToken token) throws IOException {
    return token == JsonToken.VALUE_NULL ? null : json.getText().getBytes(StandardCharsets.UTF_8);
  }

  private static void expect(boolean condition, byte[] line) throws IOException {
    if (!condition) {
      String text = new String(line, StandardCharsets.UTF_8);
      throw new IOException(
          "'" + text.substring(0, Math.min(100, text.length())) + "' is no line of an archive");
    }
  }
}
