package dev.wattbeam.transforms.consumption;

import java.io.Serializable;
import org.joda.time.Duration;

/**
 * When rows are handed on.
 *
 * @param early longest processing time that a change waits; null where no time decides
 */
public record Emission(When when, Duration early) implements Serializable {
  /** What makes a step hand its changes on. */
  public enum When {
    /** Processing time, and the watermark. */
    TIMERS,
    /** The end of the input. */
    END,
    /** Each element. */
    ELEMENT
  }

  /**
   * As a stream: early results at least every so often, and at once when the watermark passes the
   * end of an interval.
   */
  public static Emission streaming(Duration early) {
    return new Emission(When.TIMERS, early);
  }

  /** Once, when all input has been read: for bounded runs, each row is computed once. */
  public static Emission atEnd() {
    return new Emission(When.END, null);
  }

  /**
   * With each element, without timers: for a runner that works in micro-batches and has no
   * event-time timers. An element is a bucket of meters in a micro-batch, so its rhythm is that of
   * early results.
   */
  public static Emission atOnce() {
    return new Emission(When.ELEMENT, null);
  }
}
