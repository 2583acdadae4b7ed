package dev.wattbeam.transforms.repair;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/** Stretches of time that do not touch, epoch milliseconds, ends exclusive. Immutable. */
public final class TimeSpans implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Start -> end. */
  private final TreeMap<Long, Long> ends;

  private TimeSpans(TreeMap<Long, Long> ends) {
    this.ends = ends;
  }

  /** Start of the first one. */
  public long first() {
    return ends.firstKey();
  }

  public boolean contains(long millis) {
    Map.Entry<Long, Long> span = ends.floorEntry(millis);
    return span != null && millis < span.getValue();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TimeSpans other && ends.equals(other.ends);
  }

  @Override
  public int hashCode() {
    return ends.hashCode();
  }

  @Override
  public String toString() {
    return ends.toString();
  }

  /** Collects stretches in any order; those that overlap or touch become one. */
  public static final class Builder {
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** Adds what is from {@code start} on and before {@code end}. */
    public Builder add(long start, long end) {
      long from = start;
      long to = end;
      Map.Entry<Long, Long> before = ends.floorEntry(to);
      while (before != null && before.getValue() >= from) {
        ends.remove(before.getKey());
        from = Math.min(from, before.getKey());
        to = Math.max(to, before.getValue());
        before = ends.floorEntry(to);
      }
      ends.put(from, to);
      return this;
    }

    /** Adds other stretches, each longer by a margin on both sides. */
    public Builder add(TimeSpans spans, long marginMillis) {
      spans.ends.forEach((start, end) -> add(start - marginMillis, end + marginMillis));
      return this;
    }

    public TimeSpans build() {
      return new TimeSpans(new TreeMap<>(ends));
    }
  }
}
