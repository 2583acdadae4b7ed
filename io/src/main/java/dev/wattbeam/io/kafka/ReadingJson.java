package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * The JSON form of a reading, as docs/wire-format.md defines it: parsed once, from bytes into the
 * columns of a {@link ReadingBatch}, and written by {@link #write}.
 *
 * <p>A parser remembers the names that it has seen. Not thread-safe: one per reader.
 */
public final class ReadingJson {
  /** Longest message that is parsed unless another limit is given, bytes. */
  public static final int DEFAULT_MAX_MESSAGE_BYTES = 64 * 1024;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final long FIRST_MILLIS = LocalDate.of(0, 1, 1).toEpochDay() * DAY_MILLIS;
  private static final long END_MILLIS = LocalDate.of(10_000, 1, 1).toEpochDay() * DAY_MILLIS;

  private final int maxMessageBytes;
  private final ReadingScanner scanner;
  private final ReadingJsonParser parser;
  private final ParsedReading reading = new ParsedReading();
  private DeadLetterCode code;
  private String reason;

  /** A parser with the usual limit of {@link #DEFAULT_MAX_MESSAGE_BYTES}. */
  public ReadingJson() {
    this(DEFAULT_MAX_MESSAGE_BYTES);
  }

  /**
   * A parser with a limit of its own.
   *
   * @param maxMessageBytes longer messages are rejected without a look inside
   */
  public ReadingJson(int maxMessageBytes) {
    if (maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          "maxMessageBytes is " + maxMessageBytes + "; expected at least 1");
    }
    this.maxMessageBytes = maxMessageBytes;
    IsoTime times = new IsoTime();
    this.scanner = new ReadingScanner(new ChannelCache(), times);
    this.parser = new ReadingJsonParser(times);
  }

  /**
   * Parses a message and adds it to a batch.
   *
   * @param message the value of the Kafka record; may be null
   * @param position its offset
   * @param knownMillis its Kafka timestamp, epoch milliseconds
   * @param batch what the reading is added to
   * @return whether it was added; if not, {@link #code()} and {@link #reason()} say why
   */
  public boolean parse(
      byte[] message, long position, long knownMillis, ReadingBatch.Builder batch) {
    if (!parse(message)) {
      return false;
    }
    batch.add(
        reading.channel,
        reading.type,
        reading.timeMillis,
        reading.local,
        reading.value,
        reading.durationMillis,
        reading.sequence,
        reading.quality,
        position,
        knownMillis,
        message);
    return true;
  }

  /**
   * Parses a message; the result is in {@link #reading()} and {@link #local()}.
   *
   * @param message may be null
   * @return whether it is a reading; if not, {@link #code()} and {@link #reason()} say why
   */
  public boolean parse(byte[] message) {
    return withinLimits(message) && (scanner.scan(message, reading) || parseAnyForm(message));
  }

  /** The same result as {@link #parse(byte[])}, without the fast path. */
  boolean parseSlowly(byte[] message) {
    return withinLimits(message) && parseAnyForm(message);
  }

  private boolean withinLimits(byte[] message) {
    if (message == null || message.length == 0) {
      code = DeadLetterCode.EMPTY_MESSAGE;
      reason = message == null ? "the message has no value" : "the message has no bytes";
      return false;
    }
    if (message.length > maxMessageBytes) {
      code = DeadLetterCode.OVERSIZED_MESSAGE;
      reason =
          "the message has " + message.length + " bytes; at most " + maxMessageBytes + " are read";
      return false;
    }
    return true;
  }

  private boolean parseAnyForm(byte[] message) {
    if (parser.parse(message, reading)) {
      return true;
    }
    code = parser.code();
    reason = parser.reason();
    return false;
  }

  /** Why the last rejected message was rejected. */
  public DeadLetterCode code() {
    return code;
  }

  /** The same in words: the bad value and what was expected. */
  public String reason() {
    return reason;
  }

  /** Meter and channel of the message that was parsed last. */
  public MeterChannel meterChannel() {
    return reading.channel;
  }

  /** Time of the message that was parsed last; see {@link #local()}. */
  public long timeMillis() {
    return reading.timeMillis;
  }

  /**
   * Whether the time of the message that was parsed last had no offset: then it is the meter's
   * local time, given as if it were UTC.
   */
  public boolean local() {
    return reading.local;
  }

  /** Value of the message that was parsed last, nano-kW or nano-kWh. */
  public long value() {
    return reading.value;
  }

  /** The message that was parsed last. Its time is a moment only if it is not {@link #local()}. */
  public Reading reading() {
    return new Reading(
        reading.channel.meter(),
        reading.channel.channel(),
        reading.type,
        reading.timeMillis,
        reading.value,
        reading.durationMillis,
        reading.sequence,
        reading.quality);
  }

  /**
   * Writes a reading, in kW or kWh and UTC, so that {@link #parse} gives exactly this reading back.
   * The key of its Kafka record is the name of the meter.
   *
   * @throws IllegalArgumentException when the wire format has no form for it: a bad name, a year
   *     outside 0 to 9999, a negative duration, a sequence number below {@link Reading#NO_SEQUENCE}
   */
  public static byte[] write(Reading reading) {
    return write(reading, false);
  }

  /**
   * Writes a reading whose time is in the meter's local time, given as if it were UTC: without
   * offset, so that the reader takes the zone from the meter directory.
   *
   * @throws IllegalArgumentException as {@link #write(Reading)}
   */
  public static byte[] writeLocal(Reading reading) {
    return write(reading, true);
  }

  /** Writes a reading as it is, right or wrong; {@link #parse} finds what is wrong with it. */
  public static byte[] write(RawReading reading) {
    StringBuilder json = new StringBuilder(192);
    json.append("{\"schemaVersion\":1");
    appendText(json, "meter", reading.meter());
    appendText(json, "channel", reading.channel());
    appendText(json, "type", reading.type());
    appendText(json, "unit", reading.unit());
    appendText(json, "time", reading.time());
    json.append(",\"value\":").append(reading.value());
    if (reading.durationMillis() != null) {
      json.append(",\"durationSeconds\":");
      appendDecimal(json, reading.durationMillis(), 3);
    }
    if (reading.sequence() != null) {
      json.append(",\"sequence\":").append(reading.sequence());
    }
    if (reading.quality() != null) {
      appendText(json, "quality", reading.quality());
    }
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void appendText(StringBuilder json, String field, String text) {
    appendEscaped(json.append(",\"").append(field).append("\":\""), text);
    json.append('"');
  }

  private static byte[] write(Reading reading, boolean local) {
    requireNonNull(reading, "reading");
    require(Names.isMeter(reading.meter()), "meter", ReadingJsonParser.quote(reading.meter()));
    require(
        Names.isChannel(reading.channel()), "channel", ReadingJsonParser.quote(reading.channel()));
    require(
        reading.timeMillis() >= FIRST_MILLIS && reading.timeMillis() < END_MILLIS,
        "timeMillis",
        reading.timeMillis());
    require(reading.durationMillis() >= 0, "durationMillis", reading.durationMillis());
    require(reading.sequence() >= Reading.NO_SEQUENCE, "sequence", reading.sequence());

    StringBuilder json = new StringBuilder(192);
    json.append("{\"schemaVersion\":1,\"meter\":\"");
    appendEscaped(json, reading.meter());
    json.append("\",\"channel\":\"").append(reading.channel());
    json.append("\",\"type\":\"").append(reading.type().code());
    json.append("\",\"unit\":\"").append(reading.type() == ReadingType.POWER ? "kW" : "kWh");
    json.append("\",\"time\":\"");
    appendTime(json, reading.timeMillis());
    json.append(local ? "\",\"value\":" : "Z\",\"value\":");
    appendDecimal(json, reading.value(), 9);
    if (reading.durationMillis() > 0) {
      json.append(",\"durationSeconds\":");
      appendDecimal(json, reading.durationMillis(), 3);
    }
    if (reading.sequence() != Reading.NO_SEQUENCE) {
      json.append(",\"sequence\":").append(reading.sequence());
    }
    if (reading.quality() != Quality.VALID) {
      json.append(",\"quality\":\"").append(reading.quality().code()).append('"');
    }
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void require(boolean condition, String field, Object value) {
    if (!condition) {
      throw new IllegalArgumentException(
          "A reading with " + field + " " + value + " has no form on the wire");
    }
  }

  private static void appendEscaped(StringBuilder json, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
        continue;
      }
      if (c == '"' || c == '\\') {
        json.append('\\');
      }
      json.append(c);
    }
  }

  private static void appendTime(StringBuilder json, long millis) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(millis, DAY_MILLIS));
    int ofDay = Math.floorMod(millis, (int) DAY_MILLIS);
    appendPadded(json, date.getYear(), 1_000);
    appendPadded(json.append('-'), date.getMonthValue(), 10);
    appendPadded(json.append('-'), date.getDayOfMonth(), 10);
    appendPadded(json.append('T'), ofDay / 3_600_000, 10);
    appendPadded(json.append(':'), ofDay / 60_000 % 60, 10);
    appendPadded(json.append(':'), ofDay / 1_000 % 60, 10);
    if (ofDay % 1_000 != 0) {
      appendPadded(json.append('.'), ofDay % 1_000, 100);
    }
  }

  private static void appendPadded(StringBuilder json, int number, int highestDigit) {
    for (int digit = highestDigit; digit > 0; digit /= 10) {
      json.append((char) ('0' + number / digit % 10));
    }
  }

  /** The number divided by ten to the power of scale, without trailing zeros. */
  private static void appendDecimal(StringBuilder json, long number, int scale) {
    long unit = Decimals.power(scale);
    long whole = number / unit;
    long fraction = Math.abs(number % unit);
    if (number < 0 && whole == 0) {
      json.append('-');
    }
    json.append(whole);
    if (fraction != 0) {
      json.append('.');
      for (long digit = unit / 10; fraction != 0; digit /= 10) {
        json.append((char) ('0' + fraction / digit));
        fraction %= digit;
      }
    }
  }
}
