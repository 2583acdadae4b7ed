package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import org.apache.beam.sdk.util.VarInt;

/**
 * How long which {@link Quality} covers a period, in milliseconds. Immutable. Time that nothing
 * covers is in no entry: missing is never zero and never valid.
 */
public final class QualityMix {
  private static final Quality[] QUALITIES = Quality.values();

  /** Nothing is covered. */
  public static final QualityMix NONE = new QualityMix(new long[0]);

  /** Milliseconds by ordinal of the quality; trailing zeros are cut, so that equality is simple. */
  private final long[] millis;

  private QualityMix(long[] millis) {
    this.millis = millis;
  }

  public static QualityMix of(Quality quality, long coveredMillis) {
    if (coveredMillis == 0) {
      return NONE;
    }
    long[] millis = new long[quality.ordinal() + 1];
    millis[quality.ordinal()] = coveredMillis;
    return new QualityMix(millis);
  }

  public QualityMix plus(QualityMix other) {
    return combine(other, 1);
  }

  /** This mix without another one that is part of it. */
  public QualityMix minus(QualityMix part) {
    return combine(part, -1);
  }

  private QualityMix combine(QualityMix other, int sign) {
    if (other.millis.length == 0) {
      return this;
    }
    long[] sum = Arrays.copyOf(millis, Math.max(millis.length, other.millis.length));
    for (int i = 0; i < other.millis.length; i++) {
      sum[i] += sign * other.millis[i];
    }
    int length = sum.length;
    while (length > 0 && sum[length - 1] == 0) {
      length--;
    }
    return length == 0 ? NONE : new QualityMix(Arrays.copyOf(sum, length));
  }

  /** Milliseconds that this quality covers. */
  public long millis(Quality quality) {
    return quality.ordinal() < millis.length ? millis[quality.ordinal()] : 0;
  }

  /** Milliseconds that are covered at all. */
  public long total() {
    long total = 0;
    for (long part : millis) {
      total += part;
    }
    return total;
  }

  /**
   * For people and tables: {@code missing}, one code, or codes with their shares of the covered
   * time such as {@code valid:0.933 questionable:0.067}.
   */
  public String describe() {
    long total = total();
    if (total == 0) {
      return "missing";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < millis.length; i++) {
      if (millis[i] == total) {
        return QUALITIES[i].code();
      }
      if (millis[i] != 0) {
        BigDecimal share =
            BigDecimal.valueOf(millis[i])
                .divide(BigDecimal.valueOf(total), 3, RoundingMode.HALF_EVEN);
        text.append(text.isEmpty() ? "" : " ")
            .append(QUALITIES[i].code())
            .append(':')
            .append(share);
      }
    }
    return text.toString();
  }

  void encode(OutputStream out) throws IOException {
    VarInt.encode(millis.length, out);
    for (long part : millis) {
      VarInt.encode(part, out);
    }
  }

  static QualityMix decode(InputStream in) throws IOException {
    int length = VarInt.decodeInt(in);
    if (length == 0) {
      return NONE;
    }
    long[] millis = new long[length];
    for (int i = 0; i < length; i++) {
      millis[i] = VarInt.decodeLong(in);
    }
    return new QualityMix(millis);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof QualityMix other && Arrays.equals(millis, other.millis);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(millis);
  }

  @Override
  public String toString() {
    return describe();
  }
}
