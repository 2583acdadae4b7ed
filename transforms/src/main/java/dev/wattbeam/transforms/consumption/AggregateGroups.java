package dev.wattbeam.transforms.consumption;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.ConsumptionRowsCoder;
import dev.wattbeam.model.MeterDirectorySource;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Adds up meters to the groups of the hierarchy: intervals, hours, days and months of every group
 * above them. One key is a bucket of groups; the work is done by {@link GroupEngine}.
 */
public final class AggregateGroups
    extends PTransform<PCollection<KV<Integer, GroupUpdate>>, PCollection<ConsumptionRows>> {
  private final MeterDirectorySource directory;
  private final long allowedLatenessMillis;
  private final Emission emission;

  private AggregateGroups(
      MeterDirectorySource directory, long allowedLatenessMillis, Emission emission) {
    this.directory = requireNonNull(directory, "directory");
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.emission = requireNonNull(emission, "emission");
  }

  /**
   * A step that aggregates groups.
   *
   * @param allowedLatenessMillis how long sums are kept to be changed by late readings; {@link
   *     Long#MAX_VALUE} for ever
   */
  public static AggregateGroups of(
      MeterDirectorySource directory, long allowedLatenessMillis, Emission emission) {
    return new AggregateGroups(directory, allowedLatenessMillis, emission);
  }

  @Override
  public PCollection<ConsumptionRows> expand(PCollection<KV<Integer, GroupUpdate>> updates) {
    return updates
        .apply(
            "Aggregate",
            ParDo.of(
                emission.when() == Emission.When.ELEMENT
                    ? new AggregateAtOnceFn(directory)
                    : new AggregateOnTimersFn(directory, allowedLatenessMillis, emission)))
        .setCoder(ConsumptionRowsCoder.of());
  }
}
