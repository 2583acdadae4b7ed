package dev.wattbeam.io.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines of a stream as bytes, without a copy per line. Ends at LF or CRLF; the last line needs
 * none. A line beyond the limit is cut, so that a file without line ends does not fill the memory.
 */
final class LineReader {
  private final InputStream in;
  private final int limit;
  private byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;
  private boolean finished;

  private int from;
  private int to;
  private boolean cut;
  private long number;

  LineReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Goes to the next line; false when there is none. */
  boolean next() throws IOException {
    int scanned = start;
    cut = false;
    while (true) {
      for (int i = scanned; i < end; i++) {
        if (buffer[i] == '\n') {
          take(i);
          start = i + 1;
          return true;
        }
      }
      if (finished) {
        if (start == end) {
          return false;
        }
        take(end);
        start = end;
        return true;
      }
      if (end - start > limit + 1) {
        return skipRest();
      }
      int held = end - start;
      fill();
      scanned = start + held;
    }
  }

  private void take(int lineEnd) {
    from = start;
    to = lineEnd > start && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
    if (to - from > limit) {
      to = from + limit;
      cut = true;
    }
    number++;
  }

  /** Keeps the beginning of an overlong line and reads on to its end. */
  private boolean skipRest() throws IOException {
    byte[] head = Arrays.copyOfRange(buffer, start, start + limit);
    start = end;
    boolean atEnd = false;
    while (!atEnd && !finished) {
      start = 0;
      end = 0;
      fill();
      for (int i = 0; i < end; i++) {
        if (buffer[i] == '\n') {
          start = i + 1;
          atEnd = true;
          break;
        }
      }
    }
    if (!atEnd) {
      start = end;
    }
    // The head goes in front of what is still to be read.
    int rest = end - start;
    byte[] joined = new byte[Math.max(buffer.length, head.length + rest + (1 << 16))];
    System.arraycopy(head, 0, joined, 0, head.length);
    System.arraycopy(buffer, start, joined, head.length, rest);
    buffer = joined;
    from = 0;
    to = head.length;
    start = head.length;
    end = head.length + rest;
    cut = true;
    number++;
    return true;
  }

  private void fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      finished = true;
    } else {
      end += read;
    }
  }

  /** Holds the line between {@link #from} and {@link #to}, until the next call of {@link #next}. */
  byte[] bytes() {
    return buffer;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** Whether the line is longer than the limit; then only its beginning is here. */
  boolean cut() {
    return cut;
  }

  /** Number of the line, from 1. */
  long number() {
    return number;
  }

  boolean blank() {
    for (int i = from; i < to; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Leaves out the first bytes of the line, such as a byte order mark. */
  void skip(int bytes) {
    from += bytes;
  }

  byte[] copy() {
    return Arrays.copyOfRange(buffer, from, to);
  }
}
