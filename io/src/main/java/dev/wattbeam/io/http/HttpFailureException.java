package dev.wattbeam.io.http;

import java.time.Duration;

/** A request that gave nothing usable; to be tried again later. */
public final class HttpFailureException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean slowDown;
  private final Duration retryAfter;

  HttpFailureException(String message, boolean slowDown, Duration retryAfter, Throwable cause) {
    super(message, cause);
    this.slowDown = slowDown;
    this.retryAfter = retryAfter;
  }

  /** Whether the server asked for fewer requests. */
  boolean slowDown() {
    return slowDown;
  }

  /** What the server asked to wait; zero when it did not say. */
  Duration retryAfter() {
    return retryAfter;
  }
}
