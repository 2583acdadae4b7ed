package dev.wattbeam.io.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalTimesTest {
  private static final String METER = "m";

  @ParameterizedTest
  @CsvSource({
    "Europe/Paris, 2023-10-28T12:00:00Z",
    "Europe/Paris, 2024-03-30T12:00:00Z",
    "America/Chicago, 2022-11-05T12:00:00Z",
    "America/Chicago, 2022-03-12T12:00:00Z",
    "Australia/Lord_Howe, 2024-04-06T03:00:00Z",
    "Asia/Kolkata, 2024-01-01T00:00:00Z"
  })
  void givesBackTheMomentsOfAFileInOrder(String zone, String from) {
    for (int minutes : new int[] {1, 15, 30, 60}) {
      List<Instant> moments = new ArrayList<>();
      for (Instant at = Instant.parse(from);
          at.isBefore(Instant.parse(from).plus(Duration.ofHours(36)));
          at = at.plus(Duration.ofMinutes(minutes))) {
        moments.add(at);
      }
      assertGivenBack(zone, minutes, moments);
      Collections.reverse(moments);
      assertGivenBack(zone, minutes, moments);
    }
  }

  private static void assertGivenBack(String zone, int minutes, List<Instant> moments) {
    for (long period : new long[] {0, minutes * 60_000L}) {
      LocalTimes times = new LocalTimes(ZoneId.of(zone), period);
      List<Instant> resolved = new ArrayList<>();
      for (Instant moment : moments) {
        long local =
            LocalDateTime.ofInstant(moment, ZoneId.of(zone))
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
        // Two meters side by side do not disturb each other.
        times.resolve("other", local);
        resolved.add(Instant.ofEpochMilli(times.resolve(METER, local)));
      }
      assertThat(resolved).isEqualTo(moments);
    }
  }

  @Test
  void copiesOfDenseRowsStayCopies() {
    LocalTimes times = new LocalTimes(ZoneId.of("Europe/Paris"), 0);
    assertThat(resolve(times, "2023-10-29T01:58")).isEqualTo("2023-10-28T23:58:00Z");
    assertThat(resolve(times, "2023-10-29T01:59")).isEqualTo("2023-10-28T23:59:00Z");
    assertThat(resolve(times, "2023-10-29T02:00")).isEqualTo("2023-10-29T00:00:00Z");
    assertThat(resolve(times, "2023-10-29T02:00")).isEqualTo("2023-10-29T00:00:00Z");
    assertThat(resolve(times, "2023-10-29T02:01")).isEqualTo("2023-10-29T00:01:00Z");
    assertThat(resolve(times, "2023-10-29T02:00")).isEqualTo("2023-10-29T01:00:00Z");
    assertThat(resolve(times, "2023-10-29T02:00")).isEqualTo("2023-10-29T01:00:00Z");
    assertThat(resolve(times, "2023-10-29T03:00")).isEqualTo("2023-10-29T02:00:00Z");
  }

  @Test
  void aGapInTheRepeatedHourDoesNotTurnTheOrder() {
    LocalTimes times = new LocalTimes(ZoneId.of("Europe/Paris"), 60_000);
    resolve(times, "2023-10-29T02:19");
    assertThat(resolve(times, "2023-10-29T02:20")).isEqualTo("2023-10-29T00:20:00Z");
    // From 02:20 summer time on nothing, until 02:10 winter time; then 02:30 comes for the first
    // time.
    assertThat(resolve(times, "2023-10-29T02:10")).isEqualTo("2023-10-29T01:10:00Z");
    assertThat(resolve(times, "2023-10-29T02:30")).isEqualTo("2023-10-29T01:30:00Z");
  }

  @Test
  void theSpringGapDoesNotExist() {
    LocalTimes times = new LocalTimes(ZoneId.of("Europe/Paris"), 0);
    assertThat(resolve(times, "2024-03-31T01:59")).isEqualTo("2024-03-31T00:59:00Z");
    assertThat(times.resolve(METER, local("2024-03-31T02:00"))).isEqualTo(LocalTimes.NONEXISTENT);
    assertThat(times.resolve(METER, local("2024-03-31T02:59"))).isEqualTo(LocalTimes.NONEXISTENT);
    assertThat(resolve(times, "2024-03-31T03:00")).isEqualTo("2024-03-31T01:00:00Z");
  }

  @Test
  void theEndOfASpanIsAfterItsStart() {
    LocalTimes times = new LocalTimes(ZoneId.of("Europe/Paris"), 0);
    long summer = Instant.parse("2023-10-29T00:30:00Z").toEpochMilli();
    long winter = Instant.parse("2023-10-29T01:30:00Z").toEpochMilli();
    assertThat(Instant.ofEpochMilli(times.resolveEnd(summer, local("2023-10-29T02:45"))))
        .isEqualTo("2023-10-29T00:45:00Z");
    assertThat(Instant.ofEpochMilli(times.resolveEnd(summer, local("2023-10-29T02:00"))))
        .isEqualTo("2023-10-29T01:00:00Z");
    assertThat(Instant.ofEpochMilli(times.resolveEnd(winter, local("2023-10-29T02:45"))))
        .isEqualTo("2023-10-29T01:45:00Z");
  }

  private static Instant resolve(LocalTimes times, String local) {
    return Instant.ofEpochMilli(times.resolve(METER, local(local)));
  }

  private static long local(String text) {
    return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
