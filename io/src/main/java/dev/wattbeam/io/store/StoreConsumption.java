package dev.wattbeam.io.store;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRows;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Writes consumption rows to a store. A stored row is replaced only by one whose revision is not
 * lower, so neither order nor repetition of the input matters.
 *
 * <p>While the store is away the bundle waits; it fails with a {@link StoreException} after {@link
 * RowStoreConfig#retryFor}.
 */
public final class StoreConsumption extends PTransform<PCollection<ConsumptionRows>, PDone> {
  private static final long serialVersionUID = 1;

  private final RowStoreConfig config;

  private StoreConsumption(RowStoreConfig config) {
    this.config = requireNonNull(config, "config");
  }

  /** Writes to this store. */
  public static StoreConsumption to(RowStoreConfig config) {
    return new StoreConsumption(config);
  }

  @Override
  public PDone expand(PCollection<ConsumptionRows> input) {
    input.apply(
        "Write rows",
        ParDo.of(
            new WriteBundlesFn<ConsumptionRows, ConsumptionRow>(
                config,
                (element, rows) -> rows.addAll(element.rows()),
                (store, rows) -> store.writeRows(NewestVersions.ofRows(rows)))));
    return PDone.in(input.getPipeline());
  }
}
