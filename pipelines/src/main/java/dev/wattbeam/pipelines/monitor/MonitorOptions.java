package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.archive.ArchiveOptions;
import dev.wattbeam.io.kafka.KafkaOptions;
import dev.wattbeam.pipelines.consumption.ConsumptionOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link MonitorConsumption}. */
public interface MonitorOptions extends KafkaOptions, ArchiveOptions, ConsumptionOptions {
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
}
