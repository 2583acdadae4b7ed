package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  @Test
  void endsLinesAtLfAndCrlf() throws IOException {
    assertThat(lines("a\nb\r\n\r\n \nc", 100)).containsExactly("a", "b", "", " ", "c");
    assertThat(lines("a\n", 100)).containsExactly("a");
    assertThat(lines("", 100)).isEmpty();
    assertThat(lines("\n\n", 100)).containsExactly("", "");
  }

  @Test
  void cutsOverlongLinesAndGoesOn() throws IOException {
    String longLine = "0123456789".repeat(50_000);
    assertThat(lines("short\n" + longLine + "\nnext\n" + longLine, 100_000))
        .containsExactly(
            "short",
            longLine.substring(0, 100_000) + "!",
            "next",
            longLine.substring(0, 100_000) + "!");
    assertThat(lines("0123456789\r\n0123456789A\nx", 10))
        .containsExactly("0123456789", "0123456789!", "x");
  }

  /** The lines, those that were cut with a "!" behind them. */
  private static List<String> lines(String text, int limit) throws IOException {
    List<String> whole = read(new ByteArrayInputStream(bytes(text)), limit);
    // However the bytes come in, the lines are the same.
    assertThat(read(new Trickle(bytes(text)), limit)).isEqualTo(whole);
    return whole;
  }

  private static List<String> read(InputStream in, int limit) throws IOException {
    LineReader reader = new LineReader(in, limit);
    List<String> lines = new ArrayList<>();
    while (reader.next()) {
      lines.add(new String(reader.copy(), StandardCharsets.UTF_8) + (reader.cut() ? "!" : ""));
      assertThat(reader.number()).isEqualTo(lines.size());
    }
    return lines;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Gives few bytes at a time. */
  private static final class Trickle extends InputStream {
    private final byte[] bytes;
    private int at;

    Trickle(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return at < bytes.length ? bytes[at++] : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (at == bytes.length) {
        return -1;
      }
      int size = Math.min(Math.min(1 + at % 7, length), bytes.length - at);
      System.arraycopy(bytes, at, target, offset, size);
      at += size;
      return size;
    }
  }
}
