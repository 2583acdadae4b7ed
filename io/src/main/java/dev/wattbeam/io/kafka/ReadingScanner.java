package dev.wattbeam.io.kafka;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The fast half of {@link ReadingJson}: reads a message in its normal form (printable ASCII, no
 * escapes, plain numbers, nothing wrong with it) straight from its bytes. Everything else is left
 * to {@link ReadingJsonParser}, so whatever this class accepts must be what that one makes of it.
 *
 * <p>Not thread-safe.
 */
final class ReadingScanner {
  private static final int SCHEMA = 1;
  private static final int METER = 1 << 1;
  private static final int CHANNEL = 1 << 2;
  private static final int TYPE = 1 << 3;
  private static final int UNIT = 1 << 4;
  private static final int TIME = 1 << 5;
  private static final int VALUE = 1 << 6;
  private static final int DURATION = 1 << 7;
  private static final int SEQUENCE = 1 << 8;
  private static final int QUALITY = 1 << 9;
  private static final int REQUIRED = SCHEMA | METER | TYPE | UNIT | TIME | VALUE;

  /** Eight bytes of a message as one number, the first one lowest. */
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;

  private static final long METER_NAME = word("meter");
  private static final long CHANNEL_NAME = word("channel");
  private static final long TYPE_NAME = word("type");
  private static final long UNIT_NAME = word("unit");
  private static final long TIME_NAME = word("time");
  private static final long VALUE_NAME = word("value");
  private static final long SEQUENCE_NAME = word("sequence");
  private static final long QUALITY_NAME = word("quality");
  private static final byte[] SCHEMA_NAME = ascii("schemaVersion");
  private static final byte[] DURATION_NAME = ascii("durationSeconds");

  private static final ReadingType[] TYPES = ReadingType.values();
  private static final long[] TYPE_CODES = new long[TYPES.length];
  private static final Unit[] UNITS = Unit.values();
  private static final long[] UNIT_SYMBOLS = new long[UNITS.length];
  private static final Quality[] QUALITIES = Quality.values();
  private static final byte[][] QUALITY_CODES = new byte[QUALITIES.length][];

  static {
    for (int i = 0; i < TYPES.length; i++) {
      TYPE_CODES[i] = word(TYPES[i].code());
    }
    for (int i = 0; i < UNITS.length; i++) {
      UNIT_SYMBOLS[i] = word(UNITS[i].symbol());
    }
    for (int i = 0; i < QUALITIES.length; i++) {
      QUALITY_CODES[i] = ascii(QUALITIES[i].code());
    }
  }

  private final ChannelCache channels;
  private final IsoTime times;

  private byte[] b;
  private int p;

  /** Bounds of the string read last. */
  private int from;

  private int to;

  /** Digits of the number read last, and how many of them are behind the point. */
  private long mantissa;

  private int decimals;

  ReadingScanner(ChannelCache channels, IsoTime times) {
    this.channels = channels;
    this.times = times;
  }

  /** Whether the message has the normal form; if not, what is in {@code out} means nothing. */
  boolean scan(byte[] message, ParsedReading out) {
    b = message;
    p = 0;
    boolean normal = scanObject(out);
    b = null;
    return normal;
  }

  private boolean scanObject(ParsedReading out) {
    int seen = 0;
    int meterFrom = 0;
    int meterTo = 0;
    int channelFrom = -1;
    int channelTo = 0;
    ReadingType type = null;
    Unit unit = null;
    long value = 0;
    int valueDecimals = 0;
    out.durationMillis = 0;
    out.sequence = -1;
    out.quality = Quality.VALID;

    if (next() != '{') {
      return false;
    }
    int c;
    do {
      if (next() != '"' || !string()) {
        return false;
      }
      int field = field();
      if ((seen & field) != 0 || next() != ':') {
        return false;
      }
      seen |= field;
      c = next();
      if (field == SCHEMA || field == VALUE || field == DURATION || field == SEQUENCE) {
        if (!number(c)) {
          return false;
        }
        switch (field) {
          case SCHEMA:
            if (mantissa != 1 || decimals != 0) {
              return false;
            }
            break;
          case VALUE:
            value = mantissa;
            valueDecimals = decimals;
            break;
          case DURATION:
            if (mantissa <= 0 || decimals > 3 || !Decimals.fits(mantissa, 3 - decimals)) {
              return false;
            }
            out.durationMillis = mantissa * Decimals.power(3 - decimals);
            break;
          default:
            if (mantissa < 0 || decimals != 0) {
              return false;
            }
            out.sequence = mantissa;
        }
      } else if (field != 0) {
        if (c != '"' || !string()) {
          return false;
        }
        switch (field) {
          case METER:
            meterFrom = from;
            meterTo = to;
            break;
          case CHANNEL:
            channelFrom = from;
            channelTo = to;
            if (from == to) {
              return false;
            }
            break;
          case TYPE:
            int typeIndex = indexOf(TYPE_CODES);
            if (typeIndex < 0) {
              return false;
            }
            type = TYPES[typeIndex];
            break;
          case UNIT:
            int unitIndex = indexOf(UNIT_SYMBOLS);
            if (unitIndex < 0) {
              return false;
            }
            unit = UNITS[unitIndex];
            break;
          case TIME:
            out.timeMillis = times.parse(b, from, to);
            if (out.timeMillis == IsoTime.INVALID) {
              return false;
            }
            out.local = times.local();
            break;
          default:
            int qualityIndex = indexOf(QUALITY_CODES);
            if (qualityIndex < 0) {
              return false;
            }
            out.quality = QUALITIES[qualityIndex];
        }
      } else if (c == '"' ? !string() : !number(c)) {
        return false;
      }
      c = next();
    } while (c == ',');
    if (c != '}' || next() != -1 || (seen & REQUIRED) != REQUIRED || !unit.fits(type)) {
      return false;
    }
    int power = 9 + unit.exponent() - valueDecimals;
    if (power >= 0) {
      if (!Decimals.fits(value, power)) {
        return false;
      }
      out.value = value * Decimals.power(power);
    } else {
      out.value = Decimals.divideHalfEven(value, -power);
    }
    out.type = type;
    out.channel = channels.find(b, meterFrom, meterTo, channelFrom, channelTo);
    return out.channel != null;
  }

  /** The next byte that is no white space, -1 at the end. */
  private int next() {
    while (p < b.length) {
      byte c = b[p++];
      if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
        return c & 0xFF;
      }
    }
    return -1;
  }

  /** Reads the rest of a string; false when there is more in it than printable ASCII. */
  private boolean string() {
    byte[] bytes = b;
    int i = p;
    from = i;
    // Eight bytes at a time: the lowest byte with its highest bit set in "special" is the first one
    // that is a quotation mark, a backslash, a control character or no ASCII.
    for (int last = bytes.length - Long.BYTES; i <= last; i += Long.BYTES) {
      long word = (long) WORD.get(bytes, i);
      long special =
          (word
                  | (word + ONES)
                  | (word - ONES * ' ')
                  | ((word ^ ONES * '"') - ONES)
                  | ((word ^ ONES * '\\') - ONES))
              & ONES << 7;
      if (special != 0) {
        i += Long.numberOfTrailingZeros(special) >>> 3;
        to = i;
        p = i + 1;
        return bytes[i] == '"';
      }
    }
    while (i < bytes.length) {
      byte c = bytes[i++];
      if (c == '"') {
        to = i - 1;
        p = i;
        return true;
      }
      if (c < ' ' || c == '\\' || c == 0x7F) {
        return false;
      }
    }
    return false;
  }

  /** Reads the rest of a number of at most 18 digits without exponent. */
  private boolean number(int first) {
    byte[] bytes = b;
    int i = p;
    boolean negative = first == '-';
    int c = first;
    if (negative) {
      c = i < bytes.length ? bytes[i++] : -1;
    }
    if (c < '0' || c > '9') {
      return false;
    }
    boolean zero = c == '0';
    long number = c - '0';
    int digits = 1;
    c = i < bytes.length ? bytes[i] : -1;
    if (zero && c >= '0' && c <= '9') {
      return false;
    }
    while (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
      digits++;
      c = ++i < bytes.length ? bytes[i] : -1;
    }
    int fraction = 0;
    if (c == '.') {
      c = ++i < bytes.length ? bytes[i] : -1;
      while (c >= '0' && c <= '9') {
        number = number * 10 + (c - '0');
        fraction++;
        c = ++i < bytes.length ? bytes[i] : -1;
      }
      if (fraction == 0) {
        return false;
      }
    }
    if (digits + fraction > Decimals.MAX_POWER || c == 'e' || c == 'E') {
      return false;
    }
    mantissa = negative ? -number : number;
    decimals = fraction;
    p = i;
    return true;
  }

  /** The bit of the field that the string read last names, 0 for an unknown one. */
  private int field() {
    int length = to - from;
    if (length <= Long.BYTES) {
      long name = word();
      // A name of another length differs in the zero bytes behind it. The usual order comes first.
      return name == VALUE_NAME
          ? VALUE
          : name == TIME_NAME
              ? TIME
              : name == METER_NAME
                  ? METER
                  : name == CHANNEL_NAME
                      ? CHANNEL
                      : name == TYPE_NAME
                          ? TYPE
                          : name == UNIT_NAME
                              ? UNIT
                              : name == SEQUENCE_NAME
                                  ? SEQUENCE
                                  : name == QUALITY_NAME ? QUALITY : 0;
    }
    if (length == SCHEMA_NAME.length && is(SCHEMA_NAME)) {
      return SCHEMA;
    }
    return length == DURATION_NAME.length && is(DURATION_NAME) ? DURATION : 0;
  }

  /** The string read last, of at most eight bytes, as a number; it holds no zero byte. */
  private long word() {
    int length = to - from;
    if (from + Long.BYTES <= b.length) {
      return length == 0 ? 0 : (long) WORD.get(b, from) & -1L >>> (Long.BYTES - length) * 8;
    }
    long word = 0;
    for (int i = to - 1; i >= from; i--) {
      word = word << 8 | b[i];
    }
    return word;
  }

  private int indexOf(long[] words) {
    if (to - from > Long.BYTES) {
      return -1;
    }
    long word = word();
    for (int i = 0; i < words.length; i++) {
      if (words[i] == word) {
        return i;
      }
    }
    return -1;
  }

  private int indexOf(byte[][] names) {
    for (int i = 0; i < names.length; i++) {
      if (is(names[i])) {
        return i;
      }
    }
    return -1;
  }

  private boolean is(byte[] name) {
    return Arrays.equals(b, from, to, name, 0, name.length);
  }

  private static long word(String text) {
    return (long) WORD.get(Arrays.copyOf(ascii(text), Long.BYTES), 0);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
