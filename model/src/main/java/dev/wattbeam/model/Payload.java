package dev.wattbeam.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Text form of a message as received, so that a dead letter can be stored, read and replayed. */
public final class Payload {
  /** Marks a payload that is not UTF-8 text. */
  public static final String BASE64_PREFIX = "base64:";

  private Payload() {}

  /**
   * The payload as text: UTF-8 where it is, else Base64 after {@link #BASE64_PREFIX}; at most
   * {@link DeadLetter#MAX_PAYLOAD} characters. A NUL character counts as not text, since PostgreSQL
   * stores none.
   */
  public static String asText(byte[] payload) {
    int limit = DeadLetter.MAX_PAYLOAD;
    byte[] kept = payload.length <= limit ? payload : Arrays.copyOf(payload, limit);
    String text = decode(kept);
    if (text == null && payload.length > limit) {
      // The cut may have gone through a character of up to four bytes.
      for (int cut = 1; cut <= 3 && text == null; cut++) {
        text = decode(Arrays.copyOf(kept, limit - cut));
      }
    }
    if (text != null) {
      return text;
    }
    int bytes = Math.min(kept.length, (limit - BASE64_PREFIX.length()) / 4 * 3);
    return BASE64_PREFIX + Base64.getEncoder().encodeToString(Arrays.copyOf(kept, bytes));
  }

  /** The message that {@link #asText} made this text of, unless it {@link #mayBeCut}. */
  public static byte[] toBytes(String text) {
    if (text.startsWith(BASE64_PREFIX)) {
      try {
        return Base64.getDecoder().decode(text.substring(BASE64_PREFIX.length()));
      } catch (IllegalArgumentException e) {
        // A text that only begins so.
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Whether the text may be only the beginning of a message: it is as long as {@link #asText} makes
   * it, but for the bytes of a character or of a group of Base64 that did not fit.
   */
  public static boolean mayBeCut(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length > DeadLetter.MAX_PAYLOAD - 4;
  }

  private static String decode(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') >= 0 ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
