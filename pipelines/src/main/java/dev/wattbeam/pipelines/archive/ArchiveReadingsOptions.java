package dev.wattbeam.pipelines.archive;

import dev.wattbeam.io.archive.ArchiveOptions;
import dev.wattbeam.io.kafka.KafkaOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link ArchiveReadings}. */
public interface ArchiveReadingsOptions extends KafkaOptions, ArchiveOptions {
  @Description(
      "Offsets of a partition that go into one file (one per day, where they are of several)."
          + " Messages wait in Kafka until their block is complete. Fixed for the life of the"
          + " archive of a topic. Higher: fewer files, longer waits, more memory per worker.")
  @Default.Long(50_000)
  long getArchiveBlockMessages();

  void setArchiveBlockMessages(long value);
}
