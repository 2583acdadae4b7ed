package dev.wattbeam.io.kafka;

import java.util.Arrays;

/**
 * The watermark of a reader, from the event-time clocks of its partitions. Partitions are counted
 * from 0 here.
 *
 * <p>The watermark is the lowest clock of the partitions that are not idle. A partition is idle
 * when the broker said that it has been read to its end, at a time at which nothing had come from
 * it for a while. With all of them idle the watermark is where the rest of the topic is, else where
 * the highest clock is: never the wall clock, since what is read may be history. It never goes
 * back.
 */
final class PartitionClocks {
  /** Nothing was read yet. */
  static final long NONE = Long.MIN_VALUE;

  private final long idleAfterMillis;
  private final long[] clocks;
  private final long[] lastReadMillis;
  private final boolean[] idle;
  private long watermark;

  /**
   * Clocks that go on where a checkpoint stopped.
   *
   * @param clocks clock of each partition, {@link #NONE} at the start
   * @param watermark the watermark so far, {@link #NONE} at the start
   * @param nowMillis any clock that does not go back, as for the other methods
   */
  PartitionClocks(long[] clocks, long watermark, long nowMillis, long idleAfterMillis) {
    this.clocks = clocks.clone();
    this.watermark = watermark;
    this.idleAfterMillis = idleAfterMillis;
    this.lastReadMillis = new long[clocks.length];
    this.idle = new boolean[clocks.length];
    Arrays.fill(lastReadMillis, nowMillis);
  }

  long clock(int partition) {
    return clocks[partition];
  }

  /** Records came from a partition; its clock follows with {@link #advance} once they are out. */
  void received(int partition, long nowMillis) {
    lastReadMillis[partition] = nowMillis;
    idle[partition] = false;
  }

  void advance(int partition, long clock) {
    clocks[partition] = Math.max(clocks[partition], clock);
  }

  /** The broker said how many records there are still to read. */
  void backlog(int partition, long records, long nowMillis) {
    idle[partition] = records <= 0 && nowMillis - lastReadMillis[partition] >= idleAfterMillis;
  }

  boolean allIdle() {
    for (boolean partition : idle) {
      if (!partition) {
        return false;
      }
    }
    return true;
  }

  /**
   * The watermark now, {@link #NONE} while nothing is known.
   *
   * @param elsewhere where the partitions are that other readers have, {@link #NONE} if not known;
   *     counts when all of this reader's are idle
   */
  long watermark(long elsewhere) {
    long lowest = Long.MAX_VALUE;
    long highest = elsewhere;
    boolean active = false;
    for (int i = 0; i < clocks.length; i++) {
      highest = Math.max(highest, clocks[i]);
      if (!idle[i]) {
        lowest = Math.min(lowest, clocks[i]);
        active = true;
      }
    }
    watermark = Math.max(watermark, active ? lowest : highest);
    return watermark;
  }
}
