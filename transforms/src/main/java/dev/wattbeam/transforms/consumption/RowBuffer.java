package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Gathers rows to elements of a bounded size. */
final class RowBuffer implements Consumer<ConsumptionRow> {
  private static final int MOST_ROWS = 2_000;

  private final Consumer<ConsumptionRows> out;
  private List<ConsumptionRow> rows = new ArrayList<>();

  RowBuffer(Consumer<ConsumptionRows> out) {
    this.out = out;
  }

  @Override
  public void accept(ConsumptionRow row) {
    rows.add(row);
    if (rows.size() == MOST_ROWS) {
      flush();
    }
  }

  void flush() {
    if (!rows.isEmpty()) {
      out.accept(new ConsumptionRows(rows));
      rows = new ArrayList<>();
    }
  }
}
