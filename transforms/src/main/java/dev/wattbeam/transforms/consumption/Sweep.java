package dev.wattbeam.transforms.consumption;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.state.ValueState;

/** Forgets the days of groups that no accepted reading can change any more. */
final class Sweep {
  /** A reading can change rows of the eight register readings before it, each up to 25 h apart. */
  private static final long REACH_MILLIS = Duration.ofDays(10).toMillis();

  private Sweep() {}

  /**
   * Sweeps once per day of event time.
   *
   * @param watermark event time that the input has reached, epoch milliseconds
   * @param sweptDay first UTC day that is still kept
   */
  static void daily(
      long watermark,
      long allowedLatenessMillis,
      ValueState<Integer> sweptDay,
      Store<PeriodKey, ?> days) {
    if (allowedLatenessMillis == Long.MAX_VALUE) {
      return;
    }
    int firstKept = Intervals.closingDay(watermark - allowedLatenessMillis - REACH_MILLIS);
    Integer swept = sweptDay.read();
    if (swept != null && swept >= firstKept) {
      return;
    }
    List<PeriodKey> old = new ArrayList<>();
    for (PeriodKey key : days.keys()) {
      if (key.number() < firstKept) {
        old.add(key);
      }
    }
    old.forEach(days::remove);
    sweptDay.write(firstKept);
  }
}
