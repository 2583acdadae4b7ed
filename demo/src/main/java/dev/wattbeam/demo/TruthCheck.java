package dev.wattbeam.demo;

import dev.wattbeam.demo.simulator.SimulatorTruth;
import dev.wattbeam.demo.simulator.SimulatorTruth.Expectation;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.MeterChannel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares the intervals of the database with what the simulator knows: what was really used, and
 * what the delivered readings say. Exactly, in millijoules. Not thread-safe.
 */
final class TruthCheck {
  /**
   * A row that is not there yet is no error: the pipeline writes what changed every few seconds.
   */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private static final int MOST_EXAMPLES = 2;
  private static final long INTERVAL_MILLIS = 900_000;

  /** The comparison reads all intervals, so it is made rarely where that takes long. */
  private static final int SCAN_SHARE = 20;

  private final SimulatorTruth truth;
  private final Instant start;

  /** Since when an interval is not as predicted. */
  private final Map<MeterChannel, Map<Long, Long>> differentSince = new HashMap<>();

  private List<String> lines = List.of();
  private long nextNanos = System.nanoTime();
  private long patienceNanos = PATIENCE_NANOS;

  TruthCheck(SimulatorTruth truth, Instant start) {
    this.truth = truth;
    this.start = start;
  }

  /** Sums of one channel over its closed intervals, mJ. */
  private static final class Sums {
    private long computed;
    private long expected;
    private long used;
    private long intervals;
    private boolean seen;

    /** Intervals that are not as predicted yet. */
    private long onTheWay;

    /** Intervals next to a defect of a register, whose outcome the simulator does not predict. */
    private long unpredicted;

    /** Intervals that are not as predicted, and have been so for long. */
    private long wrong;

    private boolean equalsUsed() {
      return computed == used;
    }

    private boolean equalsExpected() {
      return computed == expected && wrong == 0;
    }
  }

  /**
   * The result in a few lines.
   *
   * @param fresh whether the comparison is made now, however long it takes, and nothing is taken to
   *     be still on its way
   */
  List<String> verdict(Connection database, boolean fresh) throws SQLException {
    if (fresh || System.nanoTime() >= nextNanos) {
      long begin = System.nanoTime();
      patienceNanos = fresh ? 0 : PATIENCE_NANOS;
      lines = describe(compare(database));
      long end = System.nanoTime();
      nextNanos = end + SCAN_SHARE * (end - begin);
    }
    return lines;
  }

  private TreeMap<MeterChannel, Sums> compare(Connection database) throws SQLException {
    TreeMap<MeterChannel, Sums> sums = new TreeMap<>();
    for (MeterChannel channel : truth.channels()) {
      sums.put(channel, new Sums());
    }
    try (PreparedStatement statement =
        database.prepareStatement(
            "SELECT meter, channel, extract(epoch FROM start_time)::bigint, energy_mj, covered_ms"
                + " FROM wattbeam.intervals WHERE start_time >= ?"
                + " ORDER BY meter, channel, start_time")) {
      statement.setObject(1, start.atOffset(ZoneOffset.UTC));
      statement.setFetchSize(10_000);
      try (ResultSet row = statement.executeQuery()) {
        MeterChannel channel = null;
        Map<Long, Row> rows = new HashMap<>();
        while (row.next()) {
          MeterChannel next = new MeterChannel(row.getString(1), row.getString(2));
          if (!next.equals(channel)) {
            addAll(sums, channel, rows);
            channel = next;
            rows = new HashMap<>();
          }
          rows.put(row.getLong(3) * 1000, new Row(row.getLong(4), row.getLong(5)));
        }
        addAll(sums, channel, rows);
      }
    }
    sums.forEach(
        (channel, sum) -> {
          if (!sum.seen) {
            addAll(sums, channel, Map.of());
          }
        });
    return sums;
  }

  /** The row of an interval; energy 0 where nothing is covered. */
  private record Row(long energyMj, long coveredMillis) {
    private static final Row ABSENT = new Row(0, 0);
  }

  private void addAll(TreeMap<MeterChannel, Sums> sums, MeterChannel channel, Map<Long, Row> rows) {
    Sums sum = channel == null ? null : sums.get(channel);
    if (sum == null) {
      return; // The database may hold rows of something else than this simulation.
    }
    sum.seen = true;
    // Over the simulator's intervals, not over the rows: a row that is absent counts too.
    long time = start.toEpochMilli();
    for (Expectation expectation = truth.expectation(channel, time);
        expectation != null;
        expectation = truth.expectation(channel, time)) {
      if (expectation.settled()) {
        add(sum, channel, time, rows.getOrDefault(time, Row.ABSENT), expectation);
      }
      time += INTERVAL_MILLIS;
    }
  }

  private void add(
      Sums sum, MeterChannel channel, long intervalStart, Row row, Expectation expectation) {
    boolean asPredicted =
        !expectation.exact()
            || (row.energyMj == expectation.expectedMj()
                && row.coveredMillis == expectation.expectedCoveredMillis());
    Map<Long, Long> different = differentSince.computeIfAbsent(channel, key -> new HashMap<>());
    if (asPredicted) {
      different.remove(intervalStart);
    } else {
      long now = System.nanoTime();
      if (now - different.computeIfAbsent(intervalStart, key -> now) < patienceNanos) {
        sum.onTheWay++;
        return;
      }
      sum.wrong++;
    }
    sum.intervals++;
    sum.computed += row.energyMj;
    sum.used += expectation.trueMj();
    if (expectation.exact()) {
      sum.expected += expectation.expectedMj();
    } else {
      sum.expected += row.energyMj;
      sum.unpredicted++;
    }
  }

  private List<String> describe(TreeMap<MeterChannel, Sums> sums) {
    long compared = 0;
    long intervals = 0;
    long equal = 0;
    long explained = 0;
    long wrong = 0;
    long onTheWay = 0;
    List<String> examples = new ArrayList<>();
    for (Map.Entry<MeterChannel, Sums> entry : sums.entrySet()) {
      Sums sum = entry.getValue();
      onTheWay += sum.onTheWay;
      if (sum.intervals == 0) {
        continue;
      }
      compared++;
      intervals += sum.intervals;
      if (!sum.equalsExpected()) {
        wrong++;
        examples.add(0, describe(entry.getKey(), sum));
      } else if (sum.equalsUsed()) {
        equal++;
      } else {
        explained++;
        examples.add(describe(entry.getKey(), sum));
      }
    }
    List<String> text = new ArrayList<>();
    text.add(
        String.format(
            Locale.ROOT,
            "put in    %,d dead letters, %,d duplicates, %,d too late, %,d never delivered",
            truth.expectedDeadLetters().values().stream().mapToLong(Long::longValue).sum(),
            truth.expectedDuplicates(),
            truth.expectedLate(),
            truth.missing()));
    text.add(
        String.format(
            Locale.ROOT,
            "truth     %,d of %,d meter channels: computed = really used, to the millijoule, over"
                + " %,d closed intervals%s",
            equal,
            compared,
            intervals,
            onTheWay == 0 ? "" : String.format(Locale.ROOT, " (%,d more on their way)", onTheWay)));
    if (explained > 0) {
      text.add(
          String.format(
              Locale.ROOT,
              "          %,d differ, as they have to: readings lost, wrong or too late",
              explained));
    }
    text.add(
        wrong == 0
            ? "          none differs without a reason"
            : String.format(
                Locale.ROOT, "          %,d DIFFER WITHOUT A REASON: please report this", wrong));
    examples.stream().limit(MOST_EXAMPLES).forEach(text::add);
    return text;
  }

  private static String describe(MeterChannel channel, Sums sum) {
    String reason;
    if (sum.wrong > 0) {
      reason = sum.wrong + " intervals are not what the delivered readings say";
    } else if (sum.unpredicted > 0) {
      reason = "a counter started again or showed wrong values";
    } else {
      reason = "exactly what the delivered readings say";
    }
    return String.format(
        Locale.ROOT,
        "          %s %s: computed %s kWh, used %s kWh; %s",
        channel.meter(),
        channel.channel(),
        Energy.toKwh(sum.computed).toPlainString(),
        Energy.toKwh(sum.used).toPlainString(),
        reason);
  }
}
