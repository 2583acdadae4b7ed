package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimeTest {
  private final IsoTime times = new IsoTime();

  private long parse(String text) {
    byte[] bytes = ("xx" + text + "yy").getBytes(StandardCharsets.UTF_8);
    return times.parse(bytes, 2, bytes.length - 2);
  }

  @Test
  void readsMoments() {
    assertThat(parse("2024-03-01T00:00:05Z"))
        .isEqualTo(Instant.parse("2024-03-01T00:00:05Z").toEpochMilli());
    assertThat(times.local()).isFalse();
    assertThat(parse("2024-03-01T01:00:05+01:00"))
        .isEqualTo(Instant.parse("2024-03-01T00:00:05Z").toEpochMilli());
    assertThat(parse("2024-02-29T18:30:05-05:30"))
        .isEqualTo(Instant.parse("2024-03-01T00:00:05Z").toEpochMilli());
    assertThat(parse("1969-12-31T23:59Z")).isEqualTo(-60_000);
  }

  @Test
  void cutsOffWhatIsBelowAMillisecond() {
    assertThat(parse("1970-01-01T00:00:00.1Z")).isEqualTo(100);
    assertThat(parse("1970-01-01T00:00:00.123999999Z")).isEqualTo(123);
    assertThat(parse("1969-12-31T23:59:59.999999999Z")).isEqualTo(-1);
  }

  @Test
  void readsLocalTimesAsIfTheyWereUtc() {
    assertThat(parse("2024-03-31T02:30:00.5"))
        .isEqualTo(
            LocalDateTime.parse("2024-03-31T02:30:00.5").toInstant(ZoneOffset.UTC).toEpochMilli());
    assertThat(times.local()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2024",
        "2024-03-01",
        "2024-03-01 00:00:05Z",
        "2024-03-01t00:00:05z",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-03-01T24:00:00Z",
        "2024-03-01T00:60:00Z",
        "2024-03-01T00:00:60Z",
        "2024-03-01T00:00:0",
        "2024-03-01T00:00:00.Z",
        "2024-03-01T00:00:00.1234567890Z",
        "2024-03-01T00:00:00,5Z",
        "2024-03-01T00:00:00+1:00",
        "2024-03-01T00:00:00+0100",
        "2024-03-01T00:00:00+18:01",
        "2024-03-01T00:00:00+01:60",
        "2024-03-01T00:00:00ZZ",
        "2024-03-01T00:00:00Z ",
        " 2024-03-01T00:00:00Z",
        "+2024-03-01T00:00:00Z",
        "20240-03-01T00:00:00Z",
        "-024-03-01T00:00:00Z",
        "2024-03-01T00:00:00Europe/Paris",
        "yesterday",
        "1709251200000"
      })
  void refusesEverythingElse(String text) {
    assertThat(parse(text)).isEqualTo(IsoTime.INVALID);
  }
}
