package dev.wattbeam.pipelines.repair;

import dev.wattbeam.io.archive.ArchiveOptions;
import dev.wattbeam.io.kafka.KafkaOptions;
import dev.wattbeam.pipelines.consumption.ConsumptionOptions;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link RepairConsumption}. */
public interface RepairOptions extends KafkaOptions, ArchiveOptions, ConsumptionOptions {
  @Description("Only late readings of these meters, separated by commas. Without it, of all.")
  List<String> getMeter();

  void setMeter(List<String> value);

  @Description("Only late readings with this time or a later one, ISO 8601 with offset.")
  String getFrom();

  void setFrom(String value);

  @Description("Only late readings before this time, ISO 8601 with offset.")
  String getTo();

  void setTo(String value);

  @Description(
      "How long after its end a month can still be changed by a running MonitorConsumption, whose"
          + " rows know no late readings: until then they are repaired in each run, and marked in"
          + " the first one after it. More than its allowedLateness and 6 days. ISO 8601"
          + " duration.")
  @Default.String("P10D")
  String getMonthClosesAfter();

  void setMonthClosesAfter(String value);
}
