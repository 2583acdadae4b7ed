package dev.wattbeam.benchmarks.beam;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Numbers and names in few bytes: what is shuffled is made of these. */
final class Packed {
  private Packed() {}

  /** Not thread-safe. */
  static final class Writer {
    private static final int LONGEST_NUMBER = 10;

    private byte[] bytes = new byte[1024];
    private int size;

    int size() {
      return size;
    }

    /** Small ones are short; negative ones are long. */
    void number(long value) {
      reserve(LONGEST_NUMBER);
      byte[] b = bytes;
      int i = size;
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        b[i++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      b[i++] = (byte) rest;
      size = i;
    }

    /** Those near zero are short. */
    void signed(long value) {
      number(value << 1 ^ value >> 63);
    }

    void text(String text) {
      byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
      number(encoded.length);
      reserve(encoded.length);
      System.arraycopy(encoded, 0, bytes, size, encoded.length);
      size += encoded.length;
    }

    byte[] toBytes() {
      return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
      if (bytes.length - size < more) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
      }
    }
  }

  /** Reads what a {@link Writer} wrote, in the same order. */
  static final class Reader {
    private final byte[] bytes;
    private int position;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean hasMore() {
      return position < bytes.length;
    }

    long number() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = bytes[position++];
        value |= (b & 0x7FL) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    long signed() {
      long value = number();
      return value >>> 1 ^ -(value & 1);
    }

    String text() {
      int length = (int) number();
      position += length;
      return new String(bytes, position - length, length, StandardCharsets.UTF_8);
    }
  }
}
