package dev.wattbeam.demo.simulator;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a simulated fleet really used, and what a pipeline has to make of the deliveries so far.
 * Thread-safe: it may be asked while the simulator runs.
 *
 * <p>Power and interval energy are predicted exactly, whatever the defects. Of registers, the
 * intervals next to a defect are not predicted (they are <i>touched</i>), all others exactly.
 */
public final class SimulatorTruth {
  private static final int MOST_DIFFERENCES = 20;

  /** How long a delivery is under way when nothing is wrong with it, at most. */
  static final long LONGEST_USUAL_DELAY = 3_500;

  private final Map<MeterChannel, TruthSeries> series = new LinkedHashMap<>();
  private final long[] defects = new long[Defect.values().length];
  private final long[] outcomes = new long[Delivery.Outcome.values().length];
  private final Map<DeadLetterCode, Long> deadLetters = new EnumMap<>(DeadLetterCode.class);
  private long deliveredUntil = Long.MIN_VALUE;
  private boolean finished;

  SimulatorTruth() {}

  /**
   * What is known about one interval of one channel.
   *
   * @param trueMj what was really used, as exactly as the channel's values can say it, mJ
   * @param expectedMj what has to be computed out of the deliveries, mJ
   * @param expectedCoveredMillis how much of the interval readings have to cover; 0 means no energy
   * @param exact whether the two expectations are predictions; else what is computed depends on how
   *     a register's defect looks, and {@code expectedMj} is the truth
   * @param settled whether everything about the interval has been delivered, late things included
   */
  public record Expectation(
      long trueMj, long expectedMj, long expectedCoveredMillis, boolean exact, boolean settled) {}

  /**
   * Sums over all intervals of a channel.
   *
   * @param trueMj what was really used, mJ
   * @param expectedMj what has to be computed, mJ
   * @param exact whether {@code expectedMj} is a prediction for every interval
   */
  public record Totals(long trueMj, long expectedMj, boolean exact) {}

  /**
   * Rows against the truth.
   *
   * @param equal settled intervals that are as predicted
   * @param different settled intervals that are not: errors
   * @param touched settled intervals of registers with a defect, which are not judged
   * @param waiting intervals of which something is still to be delivered
   * @param differences the first of them, in words
   */
  public record Check(
      long equal, long different, long touched, long waiting, List<String> differences) {}

  TruthSeries add(MeterChannel id, boolean register, long periodMillis, long startMillis) {
    TruthSeries added = new TruthSeries(id, register, periodMillis, startMillis);
    series.put(id, added);
    return added;
  }

  synchronized void count(Delivery delivery) {
    defects[delivery.defect().ordinal()]++;
    outcomes[delivery.outcome.ordinal()]++;
    if (delivery.code != null) {
      deadLetters.merge(delivery.code, 1L, Long::sum);
    }
    if (delivery.waiting != null) {
      delivery.waiting.arrived(delivery.eventTimeMillis());
    }
    deliveredUntil = delivery.deliveryTimeMillis();
  }

  synchronized void countMissing() {
    defects[Defect.MISSING.ordinal()]++;
  }

  synchronized void finish() {
    finished = true;
  }

  /** All channels of the fleet. */
  public Set<MeterChannel> channels() {
    return Set.copyOf(series.keySet());
  }

  /** Messages that were delivered so far. */
  public synchronized long deliveries() {
    long sum = 0;
    for (long count : outcomes) {
      sum += count;
    }
    return sum;
  }

  /**
   * Deliveries so far, by what is wrong with them; {@code MISSING} counts what was not delivered.
   */
  public synchronized Map<Defect, Long> defects() {
    Map<Defect, Long> counts = new EnumMap<>(Defect.class);
    for (Defect defect : Defect.values()) {
      counts.put(defect, defects[defect.ordinal()]);
    }
    return counts;
  }

  /** Readings that were not delivered. */
  public long missing() {
    return defects().get(Defect.MISSING);
  }

  /** Deliveries so far that have to be used. */
  public synchronized long expectedAccepted() {
    return outcomes[Delivery.Outcome.ACCEPTED.ordinal()];
  }

  /** Deliveries so far that are copies. */
  public synchronized long expectedDuplicates() {
    return outcomes[Delivery.Outcome.DUPLICATE.ordinal()];
  }

  /** Deliveries so far that came after the allowed lateness. */
  public synchronized long expectedLate() {
    return outcomes[Delivery.Outcome.LATE.ordinal()];
  }

  /** Dead letters that have to come of the deliveries so far; only codes that occur. */
  public synchronized Map<DeadLetterCode, Long> expectedDeadLetters() {
    return new EnumMap<>(deadLetters);
  }

  /**
   * One interval.
   *
   * @param intervalStart epoch milliseconds
   * @return null when the channel is unknown or nothing was measured then (yet)
   */
  public synchronized Expectation expectation(MeterChannel channel, long intervalStart) {
    TruthSeries found = series.get(channel);
    int interval = found == null ? -1 : found.indexOf(intervalStart);
    return interval < 0 ? null : expectation(found, interval);
  }

  private Expectation expectation(TruthSeries found, int interval) {
    return new Expectation(
        found.trueMj(interval),
        found.expectedMj(interval),
        found.expectedCoveredMillis(interval),
        !(found.register && found.isTouched(interval)),
        isSettled(found, interval));
  }

  private boolean isSettled(TruthSeries found, int interval) {
    long end = found.startOf(interval) + TruthSeries.QUARTER;
    long period = found.periodMillis;
    long lastReading = Math.floorDiv(end + period - 1, period) * period;
    return !found.isWaiting(interval)
        && (finished || deliveredUntil > lastReading + LONGEST_USUAL_DELAY);
  }

  /** Sums since the start, of everything measured so far. */
  public synchronized Totals totals(MeterChannel channel) {
    TruthSeries found = series.get(channel);
    if (found == null) {
      throw new IllegalArgumentException(channel + " is not a channel of the simulated fleet");
    }
    long trueMj = 0;
    long expectedMj = 0;
    boolean exact = true;
    for (int i = 0; i < found.length(); i++) {
      trueMj += found.trueMj(i);
      expectedMj += found.expectedMj(i);
      exact &= !(found.register && found.isTouched(i));
    }
    return new Totals(trueMj, expectedMj, exact);
  }

  /**
   * Compares the rows of a store with what they have to be: energy and covered time of each
   * interval of each meter, and that none is absent.
   *
   * @param rows rows of any kind; only those of meters and intervals count
   */
  public Check check(Iterable<ConsumptionRow> rows) {
    Map<MeterChannel, Map<Long, ConsumptionRow>> byChannel = new HashMap<>();
    for (ConsumptionRow row : rows) {
      if (row.ownerKind() == OwnerKind.METER && row.level() == Level.INTERVAL) {
        byChannel
            .computeIfAbsent(
                new MeterChannel(row.owner(), row.channel()), channel -> new HashMap<>())
            .put(row.startMillis(), row);
      }
    }
    long equal = 0;
    long different = 0;
    long touched = 0;
    long waiting = 0;
    List<String> differences = new ArrayList<>();
    synchronized (this) {
      for (TruthSeries one : series.values()) {
        Map<Long, ConsumptionRow> known = byChannel.getOrDefault(one.id, Map.of());
        for (int i = 0; i < one.length(); i++) {
          Expectation expectation = expectation(one, i);
          ConsumptionRow row = known.get(one.startOf(i));
          if (!expectation.settled()) {
            waiting++;
          } else if (!expectation.exact()) {
            touched++;
          } else if (isAsExpected(expectation, row)) {
            equal++;
          } else {
            different++;
            if (differences.size() < MOST_DIFFERENCES) {
              differences.add(describe(one, i, expectation, row));
            }
          }
        }
      }
    }
    return new Check(equal, different, touched, waiting, differences);
  }

  private static boolean isAsExpected(Expectation expectation, ConsumptionRow row) {
    if (row == null) {
      return expectation.expectedCoveredMillis() == 0;
    }
    return row.consumption().coveredMillis() == expectation.expectedCoveredMillis()
        && row.consumption().energyMj() == expectation.expectedMj();
  }

  private static String describe(
      TruthSeries one, int interval, Expectation expectation, ConsumptionRow row) {
    return one.id.meter()
        + " "
        + one.id.channel()
        + " "
        + Instant.ofEpochMilli(one.startOf(interval))
        + ": expected "
        + Energy.toKwh(expectation.expectedMj())
        + " kWh over "
        + expectation.expectedCoveredMillis() / 1000
        + " s, found "
        + (row == null
            ? "no row"
            : Energy.toKwh(row.consumption().energyMj())
                + " kWh over "
                + row.consumption().coveredMillis() / 1000
                + " s");
  }
}
