package dev.wattbeam.transforms.consumption;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.beam.sdk.state.ValueState;

/** Forgets the days of groups that no accepted reading can change any more. */
final class Sweep {
  /** How far back a reading changes rows, and a local day that begins before them. */
  private static final long REACH_MILLIS = Neighbourhood.REACH_MILLIS + 2 * Intervals.DAY_MILLIS;

  private Sweep() {}

  /**
   * Sweeps once per day of event time.
   *
   * @param watermark event time that the input has reached, epoch milliseconds
   * @param sweptDay first UTC day that is still kept
   * @param forgetBefore forgets what is before a UTC day
   */
  static void daily(
      long watermark,
      long allowedLatenessMillis,
      ValueState<Integer> sweptDay,
      IntConsumer forgetBefore) {
    if (allowedLatenessMillis == Long.MAX_VALUE) {
      return;
    }
    int firstKept = firstKept(watermark, allowedLatenessMillis);
    Integer swept = sweptDay.read();
    if (swept == null || swept < firstKept) {
      forgetBefore.accept(firstKept);
      sweptDay.write(firstKept);
    }
  }

  /** First UTC day that has to be kept. */
  static int firstKept(long watermark, long allowedLatenessMillis) {
    return Intervals.closingDay(watermark - allowedLatenessMillis - REACH_MILLIS);
  }

  /** Removes the periods with lower numbers. */
  static void before(int number, Store<PeriodKey, ?> periods) {
    List<PeriodKey> old = new ArrayList<>();
    for (PeriodKey key : periods.keys()) {
      if (key.number() < number) {
        old.add(key);
      }
    }
    old.forEach(periods::remove);
  }
}
