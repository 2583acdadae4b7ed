package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.beam.sdk.util.VarInt;

/** The few forms that the coders of this package are made of. */
final class WireFormat {
  private WireFormat() {}

  static void writeString(String text, OutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    writeBytes(bytes, out);
  }

  static String readString(InputStream in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  static void writeBytes(byte[] bytes, OutputStream out) throws IOException {
    VarInt.encode(bytes.length, out);
    out.write(bytes);
  }

  static byte[] readBytes(InputStream in) throws IOException {
    int length = VarInt.decodeInt(in);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new IOException("Truncated: expected " + length + " bytes, got " + bytes.length);
    }
    return bytes;
  }

  /** A long that may be negative, in few bytes when it is small. */
  static void writeSigned(long value, OutputStream out) throws IOException {
    VarInt.encode((value << 1) ^ (value >> 63), out);
  }

  static long readSigned(InputStream in) throws IOException {
    long raw = VarInt.decodeLong(in);
    return (raw >>> 1) ^ -(raw & 1);
  }
}
