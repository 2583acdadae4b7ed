package dev.wattbeam.pipelines.consumption;

import dev.wattbeam.io.cassandra.CassandraOptions;
import dev.wattbeam.io.mongodb.MongoOptions;
import dev.wattbeam.io.postgres.PostgresOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Where rows go, and which readings are possible. {@link ConsumptionConfig} judges the values. */
public interface ConsumptionOptions extends PostgresOptions, CassandraOptions, MongoOptions {
  @Description("Readings before this moment are rejected, ISO 8601 with offset.")
  @Default.String("2000-01-01T00:00:00Z")
  String getOldestTime();

  void setOldestTime(String value);

  @Description(
      "How much later than its message's Kafka timestamp a reading may be, ISO 8601 duration.")
  @Default.String("PT1H")
  String getFutureTolerance();

  void setFutureTolerance(String value);

  @Description(
      "Buckets that meters are hashed to: the most parallelism that a job can use. Fixed for the"
          + " life of a job's state.")
  @Default.Integer(64)
  int getMeterBuckets();

  void setMeterBuckets(int value);

  @Description("Buckets that groups are hashed to. Fixed for the life of a job's state.")
  @Default.Integer(16)
  int getGroupBuckets();

  void setGroupBuckets(int value);
}
