package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.archive.ArchiveOptions;
import dev.wattbeam.io.cassandra.CassandraOptions;
import dev.wattbeam.io.kafka.KafkaOptions;
import dev.wattbeam.io.mongodb.MongoOptions;
import dev.wattbeam.io.postgres.PostgresOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link MonitorConsumption}. */
public interface MonitorOptions
    extends KafkaOptions, ArchiveOptions, PostgresOptions, CassandraOptions, MongoOptions {
  @Description(
      "kafka: the topic. archive: what archive-readings has kept of the topic, for a run that has"
          + " an end; needs no Kafka.")
  @Default.String("kafka")
  String getSource();

  void setSource(String value);

  @Description("With source=archive: first day of the messages' Kafka timestamps, UTC.")
  @Default.String("1970-01-01")
  String getArchiveFrom();

  void setArchiveFrom(String value);

  @Description("With source=archive: last day of the messages' Kafka timestamps, UTC.")
  @Default.String("9999-12-31")
  String getArchiveTo();

  void setArchiveTo(String value);

  @Description(
      "How far a reading may be behind the newest one of its partition: until then it refines the"
          + " rows, after that it is kept aside for the repair. ISO 8601 duration, or unlimited."
          + " Longer: more state.")
  @Default.String("P1D")
  String getAllowedLateness();

  void setAllowedLateness(String value);

  @Description("Longest time that a change waits before its rows are written, ISO 8601 duration.")
  @Default.String("PT10S")
  String getEarlyEvery();

  void setEarlyEvery(String value);

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
