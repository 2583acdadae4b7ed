package dev.wattbeam.benchmarks.parts;

/** What is known about the readings of one meter in one span of time. */
public final class PaneStats {
  private int count;
  private long min = Long.MAX_VALUE;
  private long max = Long.MIN_VALUE;
  private long sum;
  private long lastTime = Long.MIN_VALUE;
  private long last;

  void add(long timeMillis, long value) {
    count++;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    if (timeMillis >= lastTime) {
      lastTime = timeMillis;
      last = value;
    }
  }

  public int count() {
    return count;
  }

  public long min() {
    return min;
  }

  public long max() {
    return max;
  }

  public long sum() {
    return sum;
  }

  /** Value of the reading with the highest time. */
  public long last() {
    return last;
  }
}
