package dev.wattbeam.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class MeterHoursTest {
  private static final long FIRST_DAY = 19_783;

  private record Row(int n, long sum) {
    Row plus(int moreN, long more) {
      return new Row(n + moreN, sum + more);
    }
  }

  /** Every window that contains an hour has it, also before the first and after the last day. */
  @Test
  void windowsAreThoseOfThePlainDefinition() {
    Random random = new Random(1);
    MeterHours hours = new MeterHours();
    TreeMap<String, Row> expected = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      // A gap of two days is in the middle.
      long day = FIRST_DAY + random.nextInt(5) * 3 / 2;
      int hour = random.nextInt(24);
      long sum = random.nextInt(1_000);
      boolean first = hours.days().get(day) == null;
      assertThat(hours.add(day * MeterHours.DAY_MILLIS + hour * MeterHours.HOUR_MILLIS, 2, sum))
          .isEqualTo(first);
      for (long window = day - 6; window <= day; window++) {
        expected.merge(
            window * MeterHours.DAY_MILLIS + " " + hour,
            new Row(2, sum),
            (known, more) -> known.plus(more.n(), more.sum()));
      }
    }
    TreeMap<String, Row> found = new TreeMap<>();
    for (long lastDay = FIRST_DAY; lastDay <= FIRST_DAY + 6 + 6; lastDay++) {
      hours.closeWindow(
          lastDay,
          (window, hour, n, sum) ->
              assertThat(found.put(window + " " + hour, new Row(n, sum))).isNull());
    }
    assertThat(found).isEqualTo(expected);
    assertThat(hours.days()).isEmpty();
  }
}
