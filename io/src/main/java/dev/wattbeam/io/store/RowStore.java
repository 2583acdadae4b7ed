package dev.wattbeam.io.store;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Reading;
import java.util.List;

/**
 * An open store that keeps one row per key. A stored row is replaced only by one whose revision is
 * not lower, so writing may be repeated, at any point and in any order. Thread-safe.
 */
public interface RowStore extends AutoCloseable {
  /** Name of the table or collection of all rows with this kind of owner and this level. */
  static String table(OwnerKind kind, Level level) {
    return (kind == OwnerKind.METER ? "" : "group_") + level.code() + "s";
  }

  /** Name of the table or collection of the newest reading of each channel. */
  String LATEST_VALUES = "latest_values";

  /**
   * Writes rows and returns when they are safe.
   *
   * @throws StoreAwayException when the store is away; any part may have been written
   * @throws StoreException when it refuses the rows
   */
  void writeRows(List<ConsumptionRow> rows) throws StoreAwayException;

  /**
   * Writes the newest readings of channels, as {@link #writeRows}; of two readings for one time the
   * one that the computation prefers stays.
   */
  void writeLatest(List<Reading> readings) throws StoreAwayException;

  @Override
  void close();
}
