package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimePatternTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "d/M/yyyy H:mm:ss",
        "dd.MM.yyyy HH:mm:ss",
        "yyyy-MM-dd HH:mm:ss",
        "yyyyMMddHHmmss",
        "MM/dd/yyyy hh:mm:ss a",
        "dd-MMM-yyyy HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss"
      })
  void readsWhatTheFormatterWrites(String pattern) {
    TimePattern times = new TimePattern(pattern);
    DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      LocalDateTime time =
          LocalDateTime.ofEpochSecond(random.nextInt(2_000_000_000), 0, ZoneOffset.UTC);
      assertThat(parse(times, formatter.format(time)))
          .isEqualTo(time.toInstant(ZoneOffset.UTC).toEpochMilli());
      assertThat(times.hasOffset()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2024-03-01, 2024-03-01T00:00:00Z, false",
    "2024-03-01 00:15, 2024-03-01T00:15:00Z, false",
    "2024-03-01T00:15:30, 2024-03-01T00:15:30Z, false",
    "2024-03-01 24:00:00, 2024-03-02T00:00:00Z, false",
    "2012-10-12 00:30:00.0000000, 2012-10-12T00:30:00Z, false",
    "2024-03-01T00:15:30.25Z, 2024-03-01T00:15:30.250Z, true",
    "2022-03-13 01:00:00-06:00, 2022-03-13T07:00:00Z, true",
    "2022-03-13T01:00:00+0530, 2022-03-12T19:30:00Z, true",
    "2022-03-13T01:00:00 +02, 2022-03-12T23:00:00Z, true"
  })
  void readsIso(String text, String expected, boolean offset) {
    TimePattern times = new TimePattern(TimePattern.ISO);
    assertThat(Instant.ofEpochMilli(parse(times, text))).isEqualTo(expected);
    assertThat(times.hasOffset()).isEqualTo(offset);
  }

  @ParameterizedTest
  @CsvSource({
    "iso, 2021-06-02 00:00:00 x",
    "iso, 2021-02-30",
    "iso, 2021-06-02 24:00:01",
    "iso, 2021-06-02 12:60",
    "iso, 2021-06-02T",
    "iso, 21-06-02",
    "d/M/yyyy H:mm:ss, 30/2/2007 12:00:00",
    "d/M/yyyy H:mm:ss, 1/13/2007 12:00:00",
    "d/M/yyyy H:mm:ss, 1/1/2007 12:00",
    "d/M/yyyy H:mm:ss, 1/1/07 12:00:00",
    "dd-MMM-yyyy, 31-Feb-2020",
    "epoch-seconds, 12x",
    "epoch-seconds, 99999999999999999999"
  })
  void refusesWhatDoesNotMatch(String pattern, String text) {
    TimePattern times = new TimePattern(pattern);
    assertThatThrownBy(() -> parse(times, text)).isInstanceOf(DateTimeException.class);
  }

  @Test
  void readsOtherForms() {
    assertThat(parse(new TimePattern("epoch-seconds"), "1709251200")).isEqualTo(1709251200000L);
    assertThat(parse(new TimePattern("epoch-millis"), "-5")).isEqualTo(-5);
    assertThat(Instant.ofEpochMilli(parse(new TimePattern("dd.MM.yyyy"), "01.03.2024")))
        .isEqualTo("2024-03-01T00:00:00Z");
    TimePattern withOffset = new TimePattern("dd.MM.yyyy HH:mm XXX");
    assertThat(withOffset.mayHaveOffset()).isTrue();
    assertThat(Instant.ofEpochMilli(parse(withOffset, "01.03.2024 01:00 +01:00")))
        .isEqualTo("2024-03-01T00:00:00Z");
    assertThat(withOffset.hasOffset()).isTrue();
    assertThat(new TimePattern("d/M/yyyy H:mm").mayHaveOffset()).isFalse();
  }

  private static long parse(TimePattern pattern, String text) {
    byte[] bytes = (" " + text + "9").getBytes(StandardCharsets.UTF_8);
    return pattern.parse(bytes, 1, bytes.length - 1);
  }
}
