package dev.wattbeam.io.kafka;

import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.beam.sdk.io.UnboundedSource;

/**
 * Where a reader stands: for each of its partitions the offset that comes next and the clock, and
 * the watermark that it has reported.
 */
final class KafkaMark implements UnboundedSource.CheckpointMark {
  /** The reader has not found out yet where to begin. */
  static final long NO_OFFSET = -1;

  private final int[] partitions;
  private final long[] nextOffsets;
  private final long[] clocks;
  private final long watermark;
  private final Consumer<KafkaMark> commit;

  /**
   * A mark.
   *
   * @param commit called when the checkpoint is durable; does nothing for a mark that was decoded,
   *     whose reader is gone
   */
  KafkaMark(
      int[] partitions,
      long[] nextOffsets,
      long[] clocks,
      long watermark,
      Consumer<KafkaMark> commit) {
    this.partitions = partitions.clone();
    this.nextOffsets = nextOffsets.clone();
    this.clocks = clocks.clone();
    this.watermark = watermark;
    this.commit = commit;
  }

  int size() {
    return partitions.length;
  }

  int partition(int i) {
    return partitions[i];
  }

  /** {@link #NO_OFFSET} when the reader had not begun. */
  long nextOffset(int i) {
    return nextOffsets[i];
  }

  /** {@link PartitionClocks#NONE} when nothing was read. */
  long clock(int i) {
    return clocks[i];
  }

  long watermark() {
    return watermark;
  }

  /** Hands the offsets to the reader, which commits them to the group with its next poll. */
  @Override
  public void finalizeCheckpoint() {
    commit.accept(this);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof KafkaMark other
        && Arrays.equals(partitions, other.partitions)
        && Arrays.equals(nextOffsets, other.nextOffsets)
        && Arrays.equals(clocks, other.clocks)
        && watermark == other.watermark;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(partitions) * 31 + Arrays.hashCode(nextOffsets);
  }

  @Override
  public String toString() {
    return "KafkaMark[partitions="
        + Arrays.toString(partitions)
        + ", nextOffsets="
        + Arrays.toString(nextOffsets)
        + ", clocks="
        + Arrays.toString(clocks)
        + ", watermark="
        + watermark
        + "]";
  }
}
