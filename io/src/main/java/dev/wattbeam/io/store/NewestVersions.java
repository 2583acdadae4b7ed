package dev.wattbeam.io.store;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One version per key, as the store would keep it: a bundle may hold several. */
final class NewestVersions {
  private record RowKey(
      OwnerKind kind, String owner, String channel, Level level, long startMillis) {}

  private NewestVersions() {}

  /** Rows with the highest revision, of equal ones the last. */
  static List<ConsumptionRow> ofRows(List<ConsumptionRow> rows) {
    Map<RowKey, ConsumptionRow> newest = new LinkedHashMap<>();
    for (ConsumptionRow row : rows) {
      newest.merge(
          new RowKey(row.ownerKind(), row.owner(), row.channel(), row.level(), row.startMillis()),
          row,
          (one, other) ->
              other.consumption().revision() >= one.consumption().revision() ? other : one);
    }
    return new ArrayList<>(newest.values());
  }

  /** The newest reading of each channel. */
  static List<Reading> ofReadings(List<Reading> readings) {
    Map<MeterChannel, Reading> newest = new LinkedHashMap<>();
    for (Reading reading : readings) {
      newest.merge(
          reading.meterChannel(),
          reading,
          (one, other) -> Reading.NEWEST_LAST.compare(other, one) >= 0 ? other : one);
    }
    return new ArrayList<>(newest.values());
  }
}
