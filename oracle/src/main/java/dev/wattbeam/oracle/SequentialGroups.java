package dev.wattbeam.oracle;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Section "Groups". A group's row exists where one of its meters has an interval row; the flags of
 * the meters stay with the meters.
 */
final class SequentialGroups {
  private SequentialGroups() {}

  private record Series(String group, String channel) implements Comparable<Series> {
    @Override
    public int compareTo(Series other) {
      int byGroup = group.compareTo(other.group);
      return byGroup != 0 ? byGroup : channel.compareTo(other.channel);
    }
  }

  static void addRows(
      SortedMap<MeterChannel, SortedMap<Long, Cell>> meters,
      MeterDirectory directory,
      SortedMap<RowKey, ConsumptionRow> rows) {
    SortedMap<Series, SortedMap<Long, Cell>> groups = new TreeMap<>();
    meters.forEach(
        (channel, intervals) ->
            intervals.forEach(
                (start, cell) -> {
                  for (String group : directory.groupsOf(channel.meter(), start)) {
                    groups
                        .computeIfAbsent(
                            new Series(group, channel.channel()), series -> new TreeMap<>())
                        .computeIfAbsent(start, s -> new Cell())
                        .addAmounts(cell);
                  }
                }));
    groups.forEach((series, intervals) -> addRows(series, intervals, directory, rows));
  }

  private static void addRows(
      Series series,
      SortedMap<Long, Cell> intervals,
      MeterDirectory directory,
      SortedMap<RowKey, ConsumptionRow> rows) {
    Map<Long, Long> expected = new HashMap<>();
    intervals.forEach(
        (start, cell) -> {
          cell.expected = expected(series, start, directory, expected);
          if (cell.covered > 0) {
            cell.addPower(Exact.powerOf(cell.energy, Exact.QUARTER));
          }
        });
    ZoneId zone = directory.group(series.group()).zone();
    SortedMap<Period, Cell> periods = new TreeMap<>(SequentialPeriods.ORDER);
    intervals.forEach(
        (start, cell) -> {
          for (Level level : Level.values()) {
            Cell sum = periods.computeIfAbsent(Period.of(level, start, zone), period -> new Cell());
            sum.addAmounts(cell);
            if (cell.covered > 0) {
              sum.addPower(cell.minPower);
            }
          }
        });
    periods.forEach(
        (period, cell) -> {
          // Against the whole period: intervals without a row were expected too.
          for (long s = period.start(); s < period.end(); s += Exact.QUARTER) {
            cell.expected += expected(series, s, directory, expected);
          }
          ConsumptionRow row =
              new ConsumptionRow(
                  OwnerKind.GROUP,
                  series.group(),
                  series.channel(),
                  period.level(),
                  period.start(),
                  period.end(),
                  cell.toConsumption());
          rows.put(RowKey.of(row), row);
        });
  }

  private static long expected(
      Series series, long start, MeterDirectory directory, Map<Long, Long> known) {
    return known.computeIfAbsent(
        start, s -> directory.memberCount(series.group(), series.channel(), s) * Exact.QUARTER);
  }
}
