package dev.wattbeam.io.http;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waiting times after failures in a row: doubled each time, up to a limit, each a bit different.
 */
final class Backoff {
  /** A server may ask for more patience than we have on our own, but not for any. */
  private static final Duration LONGEST_ASKED = Duration.ofHours(1);

  private static final double JITTER = 0.2;

  private final Duration first;
  private final Duration longest;
  private int failures;

  Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /** The time to wait after one more failure; never shorter than what the server asked for. */
  Duration afterFailure(Duration asked) {
    double millis = first.toMillis() * Math.pow(2, Math.min(failures, 30));
    failures++;
    double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
    Duration own = Duration.ofMillis((long) (Math.min(millis, longest.toMillis()) * jitter));
    Duration bounded = asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
    return own.compareTo(bounded) > 0 ? own : bounded;
  }

  void success() {
    failures = 0;
  }
}
