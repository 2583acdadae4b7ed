package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ReadingJsonProperties {
  private final ReadingJson fast = new ReadingJson();
  private final ReadingJson slow = new ReadingJson();

  private void assertSameResult(byte[] message) {
    boolean accepted = slow.parseSlowly(message);
    assertThat(fast.parse(message)).isEqualTo(accepted);
    if (accepted) {
      assertThat(fast.reading()).isEqualTo(slow.reading());
      assertThat(fast.local()).isEqualTo(slow.local());
    } else {
      assertThat(fast.code()).isEqualTo(slow.code());
      assertThat(fast.reason()).isEqualTo(slow.reason());
    }
  }

  @Property
  void whatIsWrittenIsReadBackExactly(@ForAll("readings") Reading reading) {
    assertThat(fast.parse(ReadingJson.write(reading))).isTrue();
    assertThat(fast.reading()).isEqualTo(reading);
    assertThat(fast.local()).isFalse();
    assertSameResult(ReadingJson.write(reading));
    assertSameResult(ReadingJson.writeLocal(reading));
  }

  @Provide
  Arbitrary<Reading> readings() {
    Arbitrary<String> meters =
        Arbitraries.oneOf(
            Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(128),
            Arbitraries.strings().all().ofMinLength(1).ofMaxLength(60).filter(Names::isMeter));
    Arbitrary<String> channels =
        Arbitraries.of("import", "export", "submeter-1", "a.b_c", "0", "c".repeat(64));
    return Combinators.combine(
            meters,
            channels,
            Arbitraries.of(ReadingType.class),
            Arbitraries.longs().between(-62_167_219_200_000L, 253_402_300_799_999L),
            Arbitraries.longs(),
            Arbitraries.longs().between(0, Long.MAX_VALUE),
            Arbitraries.longs().between(-1, Long.MAX_VALUE),
            Arbitraries.of(Quality.class))
        .as(Reading::new);
  }

  /** Messages that are nearly right: every value may be odd, fields missing, twice or unknown. */
  @Property(tries = 3_000)
  void bothParsersAgree(@ForAll("messages") String message) {
    assertSameResult(message.getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<String> messages() {
    Arbitrary<String> plain =
        Combinators.combine(
                Arbitraries.integers().between(-20, 2_000),
                Arbitraries.of("", ".5", ".25", ".0001"))
            .as((whole, fraction) -> whole + fraction);
    Arbitrary<String> numbers =
        Arbitraries.oneOf(
            plain,
            plain,
            plain,
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.bigDecimals()
                .between(new BigDecimal("-1e10"), new BigDecimal("1e10"))
                .ofScale(12)
                .map(BigDecimal::toPlainString),
            Arbitraries.bigDecimals().map(BigDecimal::toString).filter(s -> s.length() < 900),
            Arbitraries.of(
                "0", "-0", "0.0", "1", "1.0", "1e3", "1E-3", "-1", "00", "1.", "-", "NaN"));
    Arbitrary<String> odd =
        Arbitraries.of("null", "true", "{}", "[]", "\"\"", "\"a\\u0062\"", "\"é\"", "\"\\ud83d\"");
    Arbitrary<String> times =
        Arbitraries.of(
                "2024-03-01T00:00:05Z",
                "2024-03-01T00:00:05.123456789+02:00",
                "2024-03-31T02:30",
                "2024-03-31T02:30:00",
                "2024-02-30T00:00:00Z")
            .map(ReadingJsonProperties::quoted);
    Arbitrary<List<String>> fields =
        Combinators.combine(
                field("schemaVersion", 20, Arbitraries.just("1"), numbers, odd),
                field(
                    "meter", 20, Arbitraries.of("\"m1\"", "\"m 2\"", "\"m\u007F\""), odd, numbers),
                field(
                    "type",
                    20,
                    Arbitraries.of("\"power\"", "\"power\"", "\"register\""),
                    odd,
                    numbers),
                field(
                    "unit",
                    20,
                    Arbitraries.of("\"kW\"", "\"W\"", "\"MW\"", "\"MWh\""),
                    odd,
                    numbers),
                field("time", 20, times, odd, numbers),
                field("value", 20, numbers, odd, Arbitraries.of("\"NaN\"", "Infinity")),
                field("channel", 10, Arbitraries.of("\"import\"", "\"x y\""), odd, numbers),
                Combinators.combine(
                        field("durationSeconds", 5, numbers, odd, odd),
                        field("sequence", 5, numbers, odd, odd),
                        field("quality", 5, Arbitraries.of("\"raw\"", "\"bad\""), odd, numbers),
                        field("meters", 3, numbers, odd, times),
                        field("value", 1, plain, odd, odd))
                    .as(List::of))
            .as(
                (a, b, c, d, e, f, g, h) -> {
                  List<String> all = new ArrayList<>(List.of(a, b, c, d, e, f, g));
                  all.addAll(h);
                  all.removeIf(String::isEmpty);
                  return all;
                });
    return Combinators.combine(
            fields,
            Arbitraries.randomValue(Random::nextLong),
            Arbitraries.of(",", ", ", " ,\n\t"),
            Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.of("", " ")),
                Tuple.of(1, Arbitraries.of("x", "{}", "\0"))))
        .as(
            (list, seed, comma, end) -> {
              Collections.shuffle(list, new Random(seed));
              return "{" + String.join(comma, list) + "}" + end;
            });
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /** A field as JSON, seldom with an odd value, or an empty text when it is left out. */
  private static Arbitrary<String> field(
      String name,
      int weight,
      Arbitrary<String> usual,
      Arbitrary<String> odd,
      Arbitrary<String> other) {
    return Arbitraries.frequencyOf(
        Tuple.of(weight * 4, usual.map(value -> quoted(name) + ":" + value)),
        Tuple.of(1, odd.map(value -> quoted(name) + " : " + value)),
        Tuple.of(1, other.map(value -> quoted(name) + ": " + value)),
        Tuple.of(20 / weight, Arbitraries.just("")));
  }

  /** A good message in which some bytes were changed, cut or doubled. */
  @Property(tries = 3_000)
  void bothParsersAgreeOnDamagedMessages(
      @ForAll("readings") Reading reading,
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 3) int damages) {
    byte[] message = ReadingJson.write(reading);
    for (int i = 0; i < damages; i++) {
      int at = random.nextInt(message.length);
      switch (random.nextInt(3)) {
        case 0 -> message[at] = (byte) random.nextInt(256);
        case 1 -> message = Arrays.copyOf(message, Math.max(1, at));
        default -> message[at] = (byte) "\"\\{}[],:0.-+eE \n".charAt(random.nextInt(16));
      }
    }
    assertSameResult(message);
  }

  @Property
  void timesAgreeWithJavaTime(
      @ForAll @LongRange(min = -62_167_219_200L, max = 253_402_300_799L) long second,
      @ForAll @IntRange(max = 999_999_999) int nano,
      @ForAll @IntRange(min = -18 * 60, max = 18 * 60) int offsetMinutes) {
    LocalDateTime local = LocalDateTime.ofEpochSecond(second, nano, ZoneOffset.UTC);
    IsoTime times = new IsoTime();
    byte[] localText = local.toString().getBytes(StandardCharsets.US_ASCII);
    assertThat(times.parse(localText, 0, localText.length))
        .isEqualTo(local.toInstant(ZoneOffset.UTC).toEpochMilli());
    assertThat(times.local()).isTrue();
    OffsetDateTime moment = local.atOffset(ZoneOffset.ofTotalSeconds(offsetMinutes * 60));
    byte[] text = moment.toString().getBytes(StandardCharsets.US_ASCII);
    assertThat(times.parse(text, 0, text.length)).isEqualTo(moment.toInstant().toEpochMilli());
    assertThat(times.local()).isFalse();
  }

  @Property
  void decimalsAgreeWithBigDecimal(
      @ForAll BigDecimal number, @ForAll @IntRange(max = 12) int power) {
    String text = number.toString();
    BigInteger expected =
        number.scaleByPowerOfTen(power).setScale(0, RoundingMode.HALF_EVEN).toBigInteger();
    Long rounded = Decimals.rounded(text, power);
    assertThat(rounded)
        .isEqualTo(expected.bitLength() > 63 ? null : Long.valueOf(expected.longValue()));
    BigDecimal exact = number.scaleByPowerOfTen(power).stripTrailingZeros();
    Long whole = Decimals.exact(text, power);
    assertThat(whole)
        .isEqualTo(
            exact.scale() > 0 || exact.toBigInteger().bitLength() > 63
                ? null
                : Long.valueOf(exact.toBigInteger().longValue()));
  }
}
