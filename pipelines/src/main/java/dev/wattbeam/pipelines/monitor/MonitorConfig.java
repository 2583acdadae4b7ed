package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.ArchiveSelection;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.OptionValues;
import dev.wattbeam.pipelines.consumption.ConsumptionConfig;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.quality.ReadingLimits;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The validated options of {@link MonitorConsumption}.
 *
 * @param kafka null when the archive is read
 * @param archive null when Kafka is read
 * @param emission when rows are handed on, for each of the two computing steps
 */
record MonitorConfig(
    KafkaConfig kafka, Archive archive, ConsumptionConfig consumption, Emission emission) {
  /** What is read of an archive. */
  record Archive(ArchiveConfig config, ArchiveSelection selection) {}

  /**
   * Validates the options.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  static MonitorConfig from(MonitorOptions options) {
    List<String> errors = new ArrayList<>();
    boolean fromArchive = options.getSource().equals("archive");
    if (!fromArchive && !options.getSource().equals("kafka")) {
      errors.add("--source=" + options.getSource() + ": expected kafka or archive");
    }
    KafkaConfig kafka = fromArchive ? null : KafkaConfig.from(options, errors);
    Archive archive = fromArchive ? archive(options, errors) : null;
    ConsumptionConfig consumption = ConsumptionConfig.from(options, errors);
    long lateness =
        options.getAllowedLateness().equals("unlimited")
            ? ReadingLimits.UNLIMITED
            : OptionValues.duration("allowedLateness", options.getAllowedLateness(), errors)
                .toMillis();
    Duration early = OptionValues.duration("earlyEvery", options.getEarlyEvery(), errors);
    if (early.toMillis() < 100) {
      errors.add("--earlyEvery=" + options.getEarlyEvery() + ": at least PT0.1S");
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return new MonitorConfig(
        kafka,
        archive,
        consumption.withAllowedLateness(lateness),
        fromArchive ? Emission.atEnd() : emission(kafka, early));
  }

  private static Archive archive(MonitorOptions options, List<String> errors) {
    ArchiveConfig config = ArchiveConfig.from(options, errors);
    LocalDate from = OptionValues.day("archiveFrom", options.getArchiveFrom(), errors);
    LocalDate to = OptionValues.day("archiveTo", options.getArchiveTo(), errors);
    return new Archive(
        config,
        new ArchiveSelection(options.getKafkaTopic(), from, to, options.getKafkaMaxMessageBytes()));
  }

  private static Emission emission(KafkaConfig kafka, Duration early) {
    if (kafka.bounded()) {
      return Emission.atEnd();
    }
    if (kafka.reader() == KafkaConfig.KafkaReader.MICROBATCH) {
      return Emission.atOnce();
    }
    // A change passes two steps that wait, meters and groups: each may wait for half of the time.
    return Emission.streaming(org.joda.time.Duration.millis(early.toMillis() / 2));
  }
}
