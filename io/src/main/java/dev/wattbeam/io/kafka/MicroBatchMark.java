package dev.wattbeam.io.kafka;

import org.apache.beam.sdk.io.UnboundedSource;

/**
 * What one micro-batch of one partition leaves to the next. Its end is decided already, so that a
 * micro-batch that is computed again, on whatever machine, has the same messages.
 *
 * @param number of the next micro-batch, from 0
 * @param start offset that it begins with
 * @param end offset before which it ends
 * @param clock highest plausible event time before {@code start}, epoch milliseconds; {@link
 *     PartitionClocks#NONE} when there was none
 */
record MicroBatchMark(long number, long start, long end, long clock)
    implements UnboundedSource.CheckpointMark {
  /** Number of the first micro-batch of a job, which reads nothing and only decides the next. */
  static final long NOT_BEGUN = -1;

  /** The reader has committed already, together with its plan. */
  @Override
  public void finalizeCheckpoint() {}
}
