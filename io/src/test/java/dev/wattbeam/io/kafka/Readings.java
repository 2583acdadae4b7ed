package dev.wattbeam.io.kafka;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.util.List;
import java.util.stream.IntStream;

/** Readings for tests. */
final class Readings {
  /** 2024-03-01T00:00:00Z. */
  static final long START = 1_709_251_200_000L;

  /** Times from 2000 on count, up to an hour after the message. */
  static final ClockLimits LIMITS = new ClockLimits(946_684_800_000L, 3_600_000L);

  private Readings() {}

  /** Power of a meter, one reading per second from {@link #START} on. */
  static Reading power(String meter, int second) {
    return new Reading(
        meter,
        "import",
        ReadingType.POWER,
        START + second * 1_000L,
        second * 1_000_000L,
        0,
        second,
        Quality.VALID);
  }

  static List<Reading> powers(String meter, int from, int to) {
    return IntStream.range(from, to).mapToObj(second -> power(meter, second)).toList();
  }

  static List<byte[]> messages(List<Reading> readings) {
    return readings.stream().map(ReadingJson::write).toList();
  }
}
