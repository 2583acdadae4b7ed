package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.archive.ArchiveOptions;
import dev.wattbeam.io.snowflake.SnowflakeOptions;
import dev.wattbeam.io.snowflake.StageOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link LoadMessages}. */
public interface LoadMessagesOptions extends ArchiveOptions, SnowflakeOptions, StageOptions {
  @Description("Topic whose messages are loaded")
  @Default.String("readings")
  String getArchiveSource();

  void setArchiveSource(String topic);

  @Description("First day of the messages' Kafka timestamps, UTC")
  String getArchiveFrom();

  void setArchiveFrom(String day);

  @Description("Last day of the messages' Kafka timestamps, UTC")
  String getArchiveTo();

  void setArchiveTo(String day);

  @Description(
      "Name of this run, in each of its rows and of its folder on the stage. Without it, the time"
          + " of the start")
  String getRun();

  void setRun(String run);
}
