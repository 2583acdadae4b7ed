package dev.wattbeam.demo.simulator;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * Writes the canonical JSON of a reading without garbage but the message itself: what a channel
 * always says is bytes already, and all meters share the text of a time. Not thread-safe.
 */
final class JsonEncoder {
  private static final byte[] VALUE = ascii("\",\"value\":");
  private static final byte[] SEQUENCE = ascii(",\"sequence\":");
  private static final long DAY_MILLIS = 86_400_000L;

  private final byte[] buffer = new byte[512];
  private final byte[] utcText = new byte[19];
  private final byte[] localText = new byte[19];
  private long utcMillis = Long.MIN_VALUE;
  private long localMillis = Long.MIN_VALUE;
  private int length;

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What comes before the time. */
  static byte[] prefix(String meter, String channel, String type, String unit) {
    return ascii(
        "{\"schemaVersion\":1,\"meter\":\""
            + meter
            + "\",\"channel\":\""
            + channel
            + "\",\"type\":\""
            + type
            + "\",\"unit\":\""
            + unit
            + "\",\"time\":\"");
  }

  /**
   * A message.
   *
   * @param offsetMillis of the time's text from UTC
   * @param zone {@code Z}, {@code +01:00}, or nothing for a local time
   * @param value whole units, or thousandths where {@code thousandths}
   * @param duration {@code ,"durationSeconds":900} or nothing
   */
  byte[] encode(
      byte[] prefix,
      long millis,
      int offsetMillis,
      byte[] zone,
      long value,
      boolean thousandths,
      byte[] duration,
      long sequence) {
    length = 0;
    append(prefix);
    append(offsetMillis == 0 ? utc(millis) : local(millis + offsetMillis));
    append(zone);
    append(VALUE);
    if (thousandths) {
      appendNumber(value / 1000);
      int rest = (int) (value % 1000);
      buffer[length++] = '.';
      buffer[length++] = (byte) ('0' + rest / 100);
      buffer[length++] = (byte) ('0' + rest / 10 % 10);
      buffer[length++] = (byte) ('0' + rest % 10);
    } else {
      appendNumber(value);
    }
    append(duration);
    append(SEQUENCE);
    appendNumber(sequence);
    buffer[length++] = '}';
    return Arrays.copyOf(buffer, length);
  }

  private byte[] utc(long millis) {
    if (millis != utcMillis) {
      writeTime(millis, utcText);
      utcMillis = millis;
    }
    return utcText;
  }

  private byte[] local(long millis) {
    if (millis != localMillis) {
      writeTime(millis, localText);
      localMillis = millis;
    }
    return localText;
  }

  private static void writeTime(long millis, byte[] out) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(millis, DAY_MILLIS));
    int second = (int) (Math.floorMod(millis, DAY_MILLIS) / 1000);
    two(out, 0, date.getYear() / 100);
    two(out, 2, date.getYear() % 100);
    out[4] = '-';
    two(out, 5, date.getMonthValue());
    out[7] = '-';
    two(out, 8, date.getDayOfMonth());
    out[10] = 'T';
    two(out, 11, second / 3600);
    out[13] = ':';
    two(out, 14, second / 60 % 60);
    out[16] = ':';
    two(out, 17, second % 60);
  }

  private static void two(byte[] out, int at, int number) {
    out[at] = (byte) ('0' + number / 10);
    out[at + 1] = (byte) ('0' + number % 10);
  }

  private void append(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void appendNumber(long number) {
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = number;
    for (int i = length + digits - 1; i >= length; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }
}
