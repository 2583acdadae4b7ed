package dev.wattbeam.io.store;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.Reading;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Keeps the newest reading of each channel in a store; of two readings for one time the one that
 * the computation prefers. Waits and fails like {@link StoreConsumption}.
 */
public final class StoreLatestValues extends PTransform<PCollection<Reading>, PDone> {
  private static final long serialVersionUID = 1;

  private final RowStoreConfig config;

  private StoreLatestValues(RowStoreConfig config) {
    this.config = requireNonNull(config, "config");
  }

  /** Writes to this store. */
  public static StoreLatestValues to(RowStoreConfig config) {
    return new StoreLatestValues(config);
  }

  @Override
  public PDone expand(PCollection<Reading> input) {
    input.apply(
        "Write newest",
        ParDo.of(
            new WriteBundlesFn<Reading, Reading>(
                config,
                (reading, rows) -> rows.add(reading),
                (store, rows) -> store.writeLatest(NewestVersions.ofReadings(rows)))));
    return PDone.in(input.getPipeline());
  }
}
