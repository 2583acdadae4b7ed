package dev.wattbeam.io.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where the last micro-batches of one partition ended, or will end: the memory that a failed worker
 * cannot take along. It is kept as text beside the committed offset.
 *
 * @param job which job's micro-batches these are
 * @param first number of the first micro-batch that is remembered; a job counts from 0
 * @param start offset at which that one begins
 * @param ends offset before which each one ends, from the first on
 */
record MicroBatchPlan(String job, long first, long start, List<Long> ends) {
  /**
   * How many are remembered. After a failure Spark goes back to its last checkpoint, usually ten
   * micro-batches. As text they fill about a quarter of what Kafka takes as metadata.
   */
  static final int MEMORY = 200;

  private static final int RADIX = 36;

  MicroBatchPlan {
    ends = List.copyOf(ends);
  }

  static MicroBatchPlan begin(String job, long start) {
    return new MicroBatchPlan(job, 0, start, List.of());
  }

  /** The end of a micro-batch; empty when it has not been decided. */
  OptionalLong end(long number) {
    long place = number - first;
    return place >= 0 && place < ends.size()
        ? OptionalLong.of(ends.get((int) place))
        : OptionalLong.empty();
  }

  /** Whether the micro-batch with this number is the next to be decided. */
  boolean continuesWith(long number) {
    return number == first + ends.size();
  }

  MicroBatchPlan with(long end) {
    List<Long> more = new ArrayList<>(ends);
    more.add(end);
    return more.size() > MEMORY
        ? new MicroBatchPlan(job, first + 1, more.get(0), more.subList(1, more.size()))
        : new MicroBatchPlan(job, first, start, more);
  }

  /** Only digits, letters and punctuation, no blanks. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(job).append('/').append(Long.toString(first, RADIX));
    text.append('/').append(Long.toString(start, RADIX)).append('/');
    long before = start;
    for (long end : ends) {
      text.append(Long.toString(end - before, RADIX)).append(',');
      before = end;
    }
    return text.toString();
  }

  /**
   * What {@link #text} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static MicroBatchPlan parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("Not the plan of micro-batches: '" + text + "'");
    }
    long start = Long.parseLong(parts[2], RADIX);
    List<Long> ends = new ArrayList<>();
    long end = start;
    for (String length : parts[3].isEmpty() ? new String[0] : parts[3].split(",")) {
      end += Long.parseLong(length, RADIX);
      ends.add(end);
    }
    return new MicroBatchPlan(parts[0], Long.parseLong(parts[1], RADIX), start, ends);
  }
}
