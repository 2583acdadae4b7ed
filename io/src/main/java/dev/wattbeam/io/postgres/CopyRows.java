package dev.wattbeam.io.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows on their way into a table, in the binary format of COPY: about five times as fast as a JDBC
 * batch. A row is {@link #startRow} and then one value per column, in the order of the columns.
 *
 * <p>No value can be refused by the server: text loses its NUL characters, which PostgreSQL does
 * not store, and times beyond its range become {@code infinity}.
 */
final class CopyRows implements AutoCloseable {
  /**
   * A B-tree key has room for about 2 700 bytes. Longer names, and those with characters that
   * cannot be stored, keep their beginning and get a hash of the whole, so that they stay unique.
   */
  static final int MAX_KEY_CHARS = 300;

  private static final int CHUNK = 64 * 1024;

  /** PGCOPY, newline, 0xFF, carriage return, newline, NUL; no flags; no header extension. */
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  /** Between 1970-01-01 and PostgreSQL's epoch, 2000-01-01. */
  private static final long EPOCH_MILLIS = 946_684_800_000L;

  /** 4714-11-24 BC to 294276-12-31, as PostgreSQL's documentation says. */
  private static final long FIRST_MILLIS = -210_866_803_200_000L;

  private static final long LAST_MILLIS = 9_224_318_015_999_999L;

  private static final int NUMERIC_NEGATIVE = 0x4000;
  private static final long NANOS = 1_000_000_000L;

  private final CopyIn copy;
  private byte[] buffer = new byte[CHUNK + 8 * 1024];
  private int size;

  private CopyRows(CopyIn copy) {
    this.copy = copy;
    append(HEADER);
  }

  /** Begins a {@code COPY ... FROM STDIN (FORMAT binary)}. */
  static CopyRows begin(Connection connection, String copyStatement) throws SQLException {
    return new CopyRows(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copyStatement));
  }

  void startRow(int columns) throws SQLException {
    if (size >= CHUNK) {
      send();
    }
    putShort(columns);
  }

  void writeNull() {
    putInt(-1);
  }

  void writeLong(long value) {
    putInt(8);
    putLong(value);
  }

  void writeInt(int value) {
    putInt(4);
    putInt(value);
  }

  void writeShort(int value) {
    putInt(2);
    putShort(value);
  }

  void writeDouble(double value) {
    putInt(8);
    putLong(Double.doubleToLongBits(value));
  }

  /** A moment, epoch milliseconds UTC. */
  void writeTime(long epochMillis) {
    putInt(8);
    if (epochMillis < FIRST_MILLIS) {
      putLong(Long.MIN_VALUE);
    } else if (epochMillis > LAST_MILLIS) {
      putLong(Long.MAX_VALUE);
    } else {
      putLong((epochMillis - EPOCH_MILLIS) * 1000);
    }
  }

  /** A whole number of billionths as a numeric with nine decimals, exactly. */
  void writeNanos(long nanos) {
    // Base 10 000 digits: three before the point, three after it (the last is a multiple of 1000).
    long whole = Math.abs(nanos / NANOS);
    long fraction = Math.abs(nanos % NANOS) * 1000;
    putInt(2 * (4 + 6));
    putShort(6);
    putShort(2);
    putShort(nanos < 0 ? NUMERIC_NEGATIVE : 0);
    putShort(9);
    putShort((int) (whole / 100_000_000));
    putShort((int) (whole / 10_000 % 10_000));
    putShort((int) (whole % 10_000));
    putShort((int) (fraction / 100_000_000));
    putShort((int) (fraction / 10_000 % 10_000));
    putShort((int) (fraction % 10_000));
  }

  /** Text that is part of a key: two different ones stay different. */
  void writeKey(String text) {
    writeText(fitsKey(text) ? text : withHash(text));
  }

  private static boolean fitsKey(String text) {
    if (text.length() > MAX_KEY_CHARS) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || c >= 0x80) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
      }
    }
    return true;
  }

  void writeText(String text) {
    int length = text.length();
    reserve(4 + length);
    int start = size + 4;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0 || c >= 0x80) {
        writeEncoded(text);
        return;
      }
      buffer[start + i] = (byte) c;
    }
    putInt(length);
    size += length;
  }

  private void writeEncoded(String text) {
    byte[] bytes = text.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
    putInt(bytes.length);
    append(bytes);
  }

  private static String withHash(String text) {
    try {
      // The characters as they are: an encoding would replace halves of surrogate pairs.
      ByteBuffer characters = ByteBuffer.allocate(2 * text.length());
      characters.asCharBuffer().put(text);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(characters.array());
      String tail = "~" + HexFormat.of().formatHex(hash);
      return text.substring(0, Math.min(text.length(), MAX_KEY_CHARS - tail.length())) + tail;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Ends the COPY; without it, {@link #close} discards the rows. */
  void finish() throws SQLException {
    putShort(-1);
    send();
    copy.endCopy();
  }

  private void send() throws SQLException {
    copy.writeToCopy(buffer, 0, size);
    size = 0;
  }

  @Override
  public void close() throws SQLException {
    // Else the connection would wait for the rest of the rows with every later statement.
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }

  private void append(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  private void putShort(int value) {
    reserve(2);
    buffer[size] = (byte) (value >> 8);
    buffer[size + 1] = (byte) value;
    size += 2;
  }

  private void putInt(int value) {
    reserve(4);
    buffer[size] = (byte) (value >> 24);
    buffer[size + 1] = (byte) (value >> 16);
    buffer[size + 2] = (byte) (value >> 8);
    buffer[size + 3] = (byte) value;
    size += 4;
  }

  private void putLong(long value) {
    putInt((int) (value >> 32));
    putInt((int) value);
  }

  private void reserve(int bytes) {
    if (buffer.length - size < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
    }
  }
}
