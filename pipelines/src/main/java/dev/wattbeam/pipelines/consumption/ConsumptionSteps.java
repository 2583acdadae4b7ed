package dev.wattbeam.pipelines.consumption;

import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.io.postgres.WriteConsumption;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.io.store.StoreConsumption;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.transforms.consumption.AggregateGroups;
import dev.wattbeam.transforms.consumption.ComputeConsumption;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.quality.ValidateReadings;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * The steps from readings to the rows of meters and groups. No step of its own around them, since
 * runners keep state under the names of steps.
 *
 * @param validated outputs of {@link ValidateReadings}
 * @param computed outputs of {@link ComputeConsumption}
 */
public record ConsumptionSteps(
    PCollectionTuple validated, PCollectionTuple computed, PCollection<ConsumptionRows> groupRows) {
  /**
   * Adds the steps that compute.
   *
   * @param pipelineName for the dead letters
   */
  public static ConsumptionSteps compute(
      PCollection<ReadingBatch> readings,
      ConsumptionConfig config,
      Emission emission,
      String pipelineName) {
    MeterDirectorySource directory = PostgresMeterDirectory.of(config.postgres());
    long lateness = config.limits().allowedLatenessMillis();

    PCollectionTuple validated =
        readings.apply(
            "ValidateReadings",
            ValidateReadings.of(directory, config.limits(), config.meterBuckets(), pipelineName));

    PCollectionTuple computed =
        validated
            .get(ValidateReadings.GOOD)
            .apply(
                "ComputeConsumption",
                ComputeConsumption.of(
                    directory, lateness, emission, config.groupBuckets(), pipelineName));

    PCollection<ConsumptionRows> groupRows =
        computed
            .get(ComputeConsumption.GROUP_UPDATES)
            .apply("AggregateGroups", AggregateGroups.of(directory, lateness, emission));

    return new ConsumptionSteps(validated, computed, groupRows);
  }

  public PCollection<ConsumptionRows> meterRows() {
    return computed.get(ComputeConsumption.ROWS);
  }

  /** Adds the steps that write rows, to PostgreSQL and to the other stores. */
  public static void write(
      PCollection<ConsumptionRows> meterRows,
      PCollection<ConsumptionRows> groupRows,
      ConsumptionConfig config) {
    meterRows.apply("WriteMeterRows", WriteConsumption.to(config.postgres()));
    groupRows.apply("WriteGroupRows", WriteConsumption.to(config.postgres()));
    for (RowStoreConfig store : config.stores()) {
      meterRows.apply("WriteMeterRowsTo" + store.kind(), StoreConsumption.to(store));
      groupRows.apply("WriteGroupRowsTo" + store.kind(), StoreConsumption.to(store));
    }
  }
}
