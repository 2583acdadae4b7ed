package dev.wattbeam.transforms.repair;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.ConsumptionRowsCoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** Keeps the rows of some meters, or groups, that begin in stretches of time of their own. */
public final class SelectRows
    extends PTransform<PCollection<ConsumptionRows>, PCollection<ConsumptionRows>> {
  private static final long serialVersionUID = 1L;

  private final OwnerKind kind;
  private final HashMap<String, TimeSpans> timesByOwner;

  private SelectRows(OwnerKind kind, HashMap<String, TimeSpans> timesByOwner) {
    this.kind = requireNonNull(kind, "kind");
    this.timesByOwner = timesByOwner;
  }

  /** Keeps the rows of these owners at these times. */
  public static SelectRows of(OwnerKind kind, Map<String, TimeSpans> timesByOwner) {
    return new SelectRows(kind, new HashMap<>(timesByOwner));
  }

  @Override
  public PCollection<ConsumptionRows> expand(PCollection<ConsumptionRows> rows) {
    return rows.apply("Select", ParDo.of(new SelectFn(kind, timesByOwner)))
        .setCoder(ConsumptionRowsCoder.of());
  }

  private static final class SelectFn extends DoFn<ConsumptionRows, ConsumptionRows> {
    private static final long serialVersionUID = 1L;

    private final OwnerKind kind;
    private final HashMap<String, TimeSpans> timesByOwner;

    SelectFn(OwnerKind kind, HashMap<String, TimeSpans> timesByOwner) {
      this.kind = kind;
      this.timesByOwner = timesByOwner;
    }

    @ProcessElement
    public void process(@Element ConsumptionRows element, OutputReceiver<ConsumptionRows> out) {
      List<ConsumptionRow> kept = element.rows().stream().filter(this::isWanted).toList();
      if (!kept.isEmpty()) {
        out.output(new ConsumptionRows(kept));
      }
    }

    private boolean isWanted(ConsumptionRow row) {
      TimeSpans times = row.ownerKind() == kind ? timesByOwner.get(row.owner()) : null;
      return times != null && times.contains(row.startMillis());
    }
  }
}
