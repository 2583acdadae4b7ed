package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.DeadLetterCode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class DecimalParserProperties {
  private final DecimalParser plain = new DecimalParser('.', (char) 0);
  private final DecimalParser german = new DecimalParser(',', '.');

  @Property
  void equalsExactArithmetic(
      @ForAll @BigRange(min = "-9000000", max = "9000000") @Scale(12) BigDecimal value,
      @ForAll @IntRange(min = -1, max = 1) int thousands) {
    long expected =
        value
            .scaleByPowerOfTen(3 * thousands + 9)
            .setScale(0, RoundingMode.HALF_EVEN)
            .longValueExact();
    assertThat(parse(plain, value.toPlainString(), 3 * thousands)).isEqualTo(expected);
    assertThat(plain.error()).isNull();
    assertThat(parse(plain, value.toString(), 3 * thousands)).isEqualTo(expected);
    assertThat(parse(plain, value.stripTrailingZeros().toPlainString(), 3 * thousands))
        .isEqualTo(expected);
  }

  @Property
  void readsGermanNumbers(
      @ForAll @BigRange(min = "-9000000", max = "9000000") @Scale(4) BigDecimal value) {
    DecimalFormat format =
        new DecimalFormat("#,##0.####", DecimalFormatSymbols.getInstance(Locale.GERMANY));
    assertThat(parse(german, format.format(value), 0))
        .isEqualTo(value.movePointRight(9).longValueExact());
    assertThat(german.error()).isNull();
  }

  @Example
  void acceptsWhatPeopleWrite() {
    assertThat(parse(plain, "0", 0)).isZero();
    assertThat(parse(plain, "-0.000", 0)).isZero();
    assertThat(parse(plain, ".5", 0)).isEqualTo(500_000_000);
    assertThat(parse(plain, "5.", 0)).isEqualTo(5_000_000_000L);
    assertThat(parse(plain, "+7.2e1", 0)).isEqualTo(72_000_000_000L);
    assertThat(parse(plain, "1e-400000000", 0)).isZero();
    assertThat(parse(german, "11.366", 0)).isEqualTo(11_366_000_000_000L);
    assertThat(parse(german, "1,5", 0)).isEqualTo(1_500_000_000);
    assertThat(plain.error()).isNull();
    assertThat(german.error()).isNull();
  }

  @Example
  void refusesWhatIsNoNumber() {
    for (String text :
        new String[] {
          "", "-", ".", "9a", "1.2.3", "1,5", "NaN", "Infinity", "1e", "0x10", "1 000"
        }) {
      parse(plain, text, 0);
      assertThat(plain.error()).as(text).isEqualTo(DeadLetterCode.INVALID_VALUE);
    }
    // A decimal point under a German mapping must not become fifteen.
    for (String text : new String[] {"1.5", "1.50", "12.3456", "1.366.5", "1.366,5,5"}) {
      parse(german, text, 0);
      assertThat(german.error()).as(text).isEqualTo(DeadLetterCode.INVALID_VALUE);
    }
  }

  @Example
  void refusesWhatDoesNotFit() {
    for (String text :
        new String[] {"9300000000", "1e30", "-1e999999999", "123456789012345678901"}) {
      parse(plain, text, 0);
      assertThat(plain.error()).as(text).isEqualTo(DeadLetterCode.VALUE_OUT_OF_RANGE);
    }
  }

  private static long parse(DecimalParser parser, String text, int exponent) {
    byte[] bytes = ("x" + text + "y").getBytes(StandardCharsets.UTF_8);
    return parser.parse(bytes, 1, bytes.length - 1, exponent);
  }
}
