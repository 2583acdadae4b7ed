package dev.wattbeam.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
  private static final int LIMIT = DeadLetter.MAX_PAYLOAD;

  @Test
  void textStaysAsItIs() {
    assertThat(Payload.asText("{\"meter\":\"Zähler 7 \uD83D\uDD0C\"}".getBytes(UTF_8)))
        .isEqualTo("{\"meter\":\"Zähler 7 \uD83D\uDD0C\"}");
    assertThat(Payload.asText(new byte[0])).isEmpty();
  }

  @Test
  void whatIsNoTextBecomesBase64() {
    byte[] bytes = {(byte) 0xC3, 0x28, 'x'};
    String text = Payload.asText(bytes);
    assertThat(text).startsWith(Payload.BASE64_PREFIX);
    assertThat(Base64.getDecoder().decode(text.substring(Payload.BASE64_PREFIX.length())))
        .isEqualTo(bytes);
  }

  /** PostgreSQL stores no NUL in a text. */
  @Test
  void aNulIsNoText() {
    assertThat(Payload.asText("a\0b".getBytes(UTF_8))).startsWith(Payload.BASE64_PREFIX);
  }

  /** The cut may go through a character of two, three or four bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "€", "\uD83D\uDD0C"})
  void aLongTextIsCutBetweenCharacters(String character) {
    for (int shift = 0; shift < 4; shift++) {
      String whole = "x".repeat(shift) + character.repeat(LIMIT);
      String text = Payload.asText(whole.getBytes(UTF_8));
      assertThat(whole).startsWith(text);
      assertThat(text.getBytes(UTF_8).length).isBetween(LIMIT - 3, LIMIT);
    }
  }

  @Test
  void longBytesAreCutToo() {
    byte[] bytes = new byte[1_000_000];
    bytes[0] = (byte) 0xFF;
    String text = Payload.asText(bytes);
    assertThat(text.length()).isLessThanOrEqualTo(LIMIT);
    byte[] kept = Base64.getDecoder().decode(text.substring(Payload.BASE64_PREFIX.length()));
    assertThat(kept[0]).isEqualTo((byte) 0xFF);
    assertThat(kept.length).isGreaterThan(LIMIT / 2);
  }

  @Test
  void whatWasKeptWholeComesBack() {
    for (byte[] message :
        new byte[][] {
          {},
          "{\"meter\":\"Zähler 7 \uD83D\uDD0C\"}".getBytes(UTF_8),
          {(byte) 0xC3, 0x28, 'x'},
          {'a', 0},
          "base64:%".getBytes(UTF_8),
          "x".repeat(LIMIT - 4).getBytes(UTF_8)
        }) {
      String text = Payload.asText(message);
      assertThat(Payload.mayBeCut(text)).isFalse();
      assertThat(Payload.toBytes(text)).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "€", "\uD83D\uDD0C", "\0"})
  void whatWasCutIsKnown(String character) {
    for (int shift = 0; shift < 4; shift++) {
      String whole = "x".repeat(shift) + character.repeat(LIMIT) + "y";
      assertThat(Payload.mayBeCut(Payload.asText(whole.getBytes(UTF_8)))).isTrue();
    }
  }

  @Test
  void aDeadLetterKeepsNoMore() {
    DeadLetter letter =
        new DeadLetter(
            "p",
            "s",
            DeadLetterCode.MALFORMED_MESSAGE,
            "m",
            "x".repeat(2 * LIMIT),
            new Origin("t", 0, 0),
            0);
    assertThat(letter.payload()).hasSize(LIMIT);
  }
}
