package dev.wattbeam.demo.simulator;

import dev.wattbeam.model.Energy;
import dev.wattbeam.model.MeterChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Truth and expectation of one channel, per 15-minute interval since the start. Guarded by its
 * {@link SimulatorTruth}.
 */
final class TruthSeries {
  static final long QUARTER = 900_000L;

  final MeterChannel id;
  final boolean register;
  final long periodMillis;
  private final long startMillis;
  private long[] trueMj = new long[96];
  private long[] expectedMj;
  private int[] coveredMillis;
  private int length;
  private final BitSet touched = new BitSet();
  private final Map<Integer, Integer> waiting = new HashMap<>();

  TruthSeries(MeterChannel id, boolean register, long periodMillis, long startMillis) {
    this.id = id;
    this.register = register;
    this.periodMillis = periodMillis;
    this.startMillis = startMillis;
    // What is expected of a register is the truth, or not known: see touched.
    this.expectedMj = new long[register ? 0 : 96];
    this.coveredMillis = new int[register ? 0 : 96];
  }

  int length() {
    return length;
  }

  long startOf(int interval) {
    return startMillis + interval * QUARTER;
  }

  /** The index of the interval that starts then, or -1. */
  int indexOf(long intervalStart) {
    long index = Math.floorDiv(intervalStart - startMillis, QUARTER);
    return startOf((int) index) == intervalStart && index >= 0 && index < length ? (int) index : -1;
  }

  long trueMj(int interval) {
    return trueMj[interval];
  }

  long expectedMj(int interval) {
    return register ? trueMj[interval] : expectedMj[interval];
  }

  long expectedCoveredMillis(int interval) {
    return register ? QUARTER : coveredMillis[interval];
  }

  boolean isTouched(int interval) {
    return touched.get(interval);
  }

  boolean isWaiting(int interval) {
    return waiting.containsKey(interval);
  }

  /** Real energy of (time - period, time]. */
  void use(long time, long energyMj) {
    share(time, energyMj, true);
  }

  /** Energy that a used reading says. */
  void expect(long time, long energyMj) {
    share(time, energyMj, false);
  }

  private void share(long time, long energyMj, boolean real) {
    long from = time - periodMillis;
    int first = interval(from);
    int last = interval(time - 1);
    grow(last + 1);
    for (int i = first; i <= last; i++) {
      long s = Math.max(startOf(i), from);
      long e = Math.min(startOf(i) + QUARTER, time);
      long part =
          first == last
              ? energyMj
              : Energy.shareBefore(energyMj, e - from, periodMillis)
                  - Energy.shareBefore(energyMj, s - from, periodMillis);
      if (real) {
        trueMj[i] += part;
      } else {
        expectedMj[i] += part;
        coveredMillis[i] += (int) (e - s);
      }
    }
  }

  /** What is computed for (from, to] is not the truth; of a register, not predicted either. */
  void touch(long from, long to) {
    touched.set(interval(from), interval(to - 1) + 1);
  }

  /** The reading of this time is under way. */
  void waitFor(long time) {
    for (int i = firstConcerned(time); i <= lastConcerned(time); i++) {
      waiting.merge(i, 1, Integer::sum);
    }
  }

  void arrived(long time) {
    for (int i = firstConcerned(time); i <= lastConcerned(time); i++) {
      waiting.computeIfPresent(i, (interval, count) -> count == 1 ? null : count - 1);
    }
  }

  private int firstConcerned(long time) {
    return interval(time - periodMillis);
  }

  /** A register is also the beginning of the next step. */
  private int lastConcerned(long time) {
    return interval((register ? time + periodMillis : time) - 1);
  }

  private int interval(long millis) {
    return (int) Math.max(0, Math.floorDiv(millis - startMillis, QUARTER));
  }

  private void grow(int needed) {
    if (needed > trueMj.length) {
      int capacity = Math.max(needed, trueMj.length * 2);
      trueMj = Arrays.copyOf(trueMj, capacity);
      if (!register) {
        expectedMj = Arrays.copyOf(expectedMj, capacity);
        coveredMillis = Arrays.copyOf(coveredMillis, capacity);
      }
    }
    length = Math.max(length, needed);
  }
}
