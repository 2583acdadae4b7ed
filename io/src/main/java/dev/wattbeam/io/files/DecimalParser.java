package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetterCode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Decimal text to whole nano-units, exactly; what is finer than a nano-unit is rounded half to
 * even. Not thread-safe.
 */
final class DecimalParser {
  private static final int NANO_DECIMALS = 9;
  private static final long[] POWERS = new long[19];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private final char decimalMark;
  private final char thousandsMark;
  private final Pattern grouped;
  private DeadLetterCode error;

  /**
   * @param thousandsMark 0 for none
   */
  DecimalParser(char decimalMark, char thousandsMark) {
    this.decimalMark = decimalMark;
    this.thousandsMark = thousandsMark;
    // Groups of three only: "1.5" with a thousands dot is a wrong mapping, not fifteen.
    String mark = Pattern.quote(String.valueOf(thousandsMark));
    this.grouped =
        thousandsMark == 0
            ? null
            : Pattern.compile(
                "[+-]?[0-9]{1,3}("
                    + mark
                    + "[0-9]{3})+("
                    + Pattern.quote(String.valueOf(decimalMark))
                    + "[0-9]*)?");
  }

  /**
   * The value times ten to the power of (9 + exponent).
   *
   * @return the value; meaningful only when {@link #error} is null afterwards
   */
  long parse(byte[] bytes, int from, int to, int exponent) {
    error = null;
    int i = from;
    boolean negative = false;
    if (i < to && (bytes[i] == '-' || bytes[i] == '+')) {
      negative = bytes[i] == '-';
      i++;
    }
    long digits = 0;
    int count = 0;
    int decimals = -1;
    for (; i < to; i++) {
      byte b = bytes[i];
      if (b >= '0' && b <= '9') {
        digits = digits * 10 + (b - '0');
        count++;
        if (decimals >= 0) {
          decimals++;
        }
      } else if (b == decimalMark && decimals < 0) {
        decimals = 0;
      } else {
        return parseSlowly(bytes, from, to, exponent);
      }
    }
    int shift = NANO_DECIMALS + exponent - Math.max(decimals, 0);
    if (count == 0 || count > 18 || shift < 0 || shift > 18) {
      return parseSlowly(bytes, from, to, exponent);
    }
    long factor = POWERS[shift];
    if (digits > Long.MAX_VALUE / factor) {
      error = DeadLetterCode.VALUE_OUT_OF_RANGE;
      return 0;
    }
    return negative ? -digits * factor : digits * factor;
  }

  private long parseSlowly(byte[] bytes, int from, int to, int exponent) {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (thousandsMark != 0 && text.indexOf(thousandsMark) >= 0) {
      if (!grouped.matcher(text).matches()) {
        error = DeadLetterCode.INVALID_VALUE;
        return 0;
      }
      text = text.replace(String.valueOf(thousandsMark), "");
    }
    if (decimalMark != '.') {
      if (text.indexOf('.') >= 0) {
        error = DeadLetterCode.INVALID_VALUE;
        return 0;
      }
      text = text.replace(decimalMark, '.');
    }
    BigDecimal value;
    try {
      value = new BigDecimal(text).scaleByPowerOfTen(exponent);
    } catch (NumberFormatException e) {
      error = DeadLetterCode.INVALID_VALUE;
      return 0;
    }
    // Looked at before rounding: 1e999999999 would take all the memory.
    if (value.signum() != 0 && value.precision() - (long) value.scale() > 12) {
      error = DeadLetterCode.VALUE_OUT_OF_RANGE;
      return 0;
    }
    if (value.signum() == 0 || value.precision() - (long) value.scale() < -NANO_DECIMALS) {
      return 0;
    }
    try {
      return value.setScale(NANO_DECIMALS, RoundingMode.HALF_EVEN).unscaledValue().longValueExact();
    } catch (ArithmeticException e) {
      error = DeadLetterCode.VALUE_OUT_OF_RANGE;
      return 0;
    }
  }

  /** Why the last text is no value: INVALID_VALUE, VALUE_OUT_OF_RANGE, or null when it is one. */
  DeadLetterCode error() {
    return error;
  }
}
