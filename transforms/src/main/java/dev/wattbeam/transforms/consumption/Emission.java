package dev.wattbeam.transforms.consumption;

import java.io.Serializable;
import org.joda.time.Duration;

/**
 * When rows are handed on.
 *
 * @param early longest processing time that a change waits; null when everything waits for the end
 *     of the input
 */
public record Emission(Duration early) implements Serializable {
  /**
   * As a stream: early results at least every so often, and at once when the watermark passes the
   * end of an interval.
   */
  public static Emission streaming(Duration early) {
    return new Emission(early);
  }

  /** Once, when all input has been read: for bounded runs, each row is computed once. */
  public static Emission atEnd() {
    return new Emission(null);
  }
}
