package dev.wattbeam.model;

import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * Rows that were computed together, as one element: a runner's cost is per element, not per row.
 *
 * @param rows rows of any level
 */
@DefaultCoder(ConsumptionRowsCoder.class)
public record ConsumptionRows(List<ConsumptionRow> rows) {
  public ConsumptionRows {
    rows = EncodedList.copyOf(rows, ConsumptionRowCoder.of());
  }
}
