package dev.wattbeam.benchmarks.beam;

/** What is known of the readings of one meter in one period; two of them can be merged exactly. */
final class Statistic {
  /** Number of the period since 1970. */
  long period;

  int n;
  long min;
  long max;
  long sum;

  /** The last reading, by time. */
  long lastMillis;

  long last;

  void clear() {
    n = 0;
  }

  void add(long millis, long value) {
    if (n++ == 0) {
      min = value;
      max = value;
      sum = value;
      lastMillis = millis;
      last = value;
      return;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    addLast(millis, value);
  }

  void merge(Statistic other) {
    n += other.n;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    sum += other.sum;
    addLast(other.lastMillis, other.last);
  }

  /** Of two for one time the higher one, so that the order of arrival does not matter. */
  private void addLast(long millis, long value) {
    if (millis > lastMillis || (millis == lastMillis && value > last)) {
      lastMillis = millis;
      last = value;
    }
  }
}
