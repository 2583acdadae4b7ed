package dev.wattbeam.benchmarks.live;

/**
 * How the time that the messages say goes with the clock: {@code speed} times as fast, since a
 * moment. Times in ms since 1970.
 */
record Pace(long sinceMillis, long clockMillis, double speed) {
  /** What the clock says when this time has come. */
  long clockAt(long timeMillis) {
    return clockMillis + Math.round((timeMillis - sinceMillis) / speed);
  }

  /** The time that has come when the clock says this. */
  long timeAt(long clock) {
    return sinceMillis + Math.round((clock - clockMillis) * speed);
  }

  /** The same time at this moment, and another speed from then on. */
  Pace turnTo(double other, long clock) {
    return new Pace(timeAt(clock), clock, other);
  }
}
