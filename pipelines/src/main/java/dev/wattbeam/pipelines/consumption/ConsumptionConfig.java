package dev.wattbeam.pipelines.consumption;

import dev.wattbeam.io.cassandra.CassandraConfig;
import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.mongodb.MongoConfig;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.pipelines.OptionValues;
import dev.wattbeam.transforms.quality.ReadingLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The checked {@link ConsumptionOptions}.
 *
 * @param stores those beside PostgreSQL that get rows too
 * @param limits of the readings; {@link #from} sets no limit to their lateness
 */
public record ConsumptionConfig(
    PostgresConfig postgres,
    List<RowStoreConfig> stores,
    ReadingLimits limits,
    int meterBuckets,
    int groupBuckets) {
  private static final int MOST_BUCKETS = 32_768;

  /**
   * Checks the options.
   *
   * @param errors gets one line for each thing that is wrong; what is returned is of no use then
   */
  public static ConsumptionConfig from(ConsumptionOptions options, List<String> errors) {
    PostgresConfig postgres = PostgresConfig.from(options, errors);
    List<RowStoreConfig> stores =
        Stream.<RowStoreConfig>of(
                CassandraConfig.from(options, errors), MongoConfig.from(options, errors))
            .filter(Objects::nonNull)
            .toList();
    long tolerance =
        OptionValues.duration("futureTolerance", options.getFutureTolerance(), errors).toMillis();
    long oldest =
        OptionValues.instant("oldestTime", options.getOldestTime(), errors).toEpochMilli();
    OptionValues.positive("meterBuckets", options.getMeterBuckets(), MOST_BUCKETS, errors);
    OptionValues.positive("groupBuckets", options.getGroupBuckets(), MOST_BUCKETS, errors);
    return new ConsumptionConfig(
        postgres,
        stores,
        new ReadingLimits(oldest, tolerance, ReadingLimits.UNLIMITED),
        options.getMeterBuckets(),
        options.getGroupBuckets());
  }

  /** A copy with a limit to the lateness of readings. */
  public ConsumptionConfig withAllowedLateness(long millis) {
    return new ConsumptionConfig(
        postgres, stores, limits.withAllowedLateness(millis), meterBuckets, groupBuckets);
  }

  /** Which times may move the clock of a partition. */
  public ClockLimits clockLimits() {
    return new ClockLimits(limits.oldestMillis(), limits.futureToleranceMillis());
  }

  /** Asks the stores whether a job can write to them; gives one line per problem. */
  public List<String> checkStores() {
    List<String> problems = new ArrayList<>(PostgresDatabase.check(postgres));
    for (RowStoreConfig store : stores) {
      problems.addAll(store.prepare());
    }
    return problems;
  }
}
