package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.UpsertBuffer;
import dev.wattbeam.io.postgres.WriteRows;
import dev.wattbeam.model.ReadingBatch;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/** Number, least, greatest and sum of the values of each meter in each minute. */
final class Downsampling extends PTransform<PCollection<ReadingBatch>, PDone> {
  private static final long serialVersionUID = 1;
  private static final long MINUTE_MILLIS = 60_000;

  private final PostgresConfig postgres;

  private Downsampling(PostgresConfig postgres) {
    this.postgres = postgres;
  }

  static Downsampling to(PostgresConfig postgres) {
    return new Downsampling(postgres);
  }

  @Override
  public PDone expand(PCollection<ReadingBatch> batches) {
    return batches
        .apply("PackMinutes", PackStatistics.of(MINUTE_MILLIS, String::hashCode))
        .apply("GroupByBucket", GroupByKey.create())
        .apply("WriteMinutes", WriteRows.to(postgres, Downsampling::addRows));
  }

  private static void addRows(KV<Integer, Iterable<byte[]>> blocks, UpsertBuffer rows) {
    Map<String, List<Statistic>> meters = StatisticBlock.merge(blocks.getValue(), MINUTE_MILLIS);
    meters.forEach(
        (meter, minutes) -> {
          for (Statistic minute : minutes) {
            rows.add(
                MinuteRow.TABLE,
                new MinuteRow(
                    meter,
                    minute.period * MINUTE_MILLIS,
                    minute.n,
                    minute.min,
                    minute.max,
                    minute.sum));
          }
        });
  }
}
