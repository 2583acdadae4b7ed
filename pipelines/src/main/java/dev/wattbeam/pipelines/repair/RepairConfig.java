package dev.wattbeam.pipelines.repair;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.LateReadingFilter;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.OptionValues;
import dev.wattbeam.pipelines.consumption.ConsumptionConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The validated options of {@link RepairConsumption}. */
record RepairConfig(
    KafkaConfig kafka,
    ArchiveConfig archive,
    ConsumptionConfig consumption,
    LateReadingFilter filter,
    Duration monthClosesAfter) {
  /**
   * Validates the options.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  static RepairConfig from(RepairOptions options) {
    List<String> errors = new ArrayList<>();
    // Whatever is given: this pipeline has an end, and needs all that the topic holds.
    options.setKafkaBounded(true);
    options.setKafkaStart("earliest");
    KafkaConfig kafka = KafkaConfig.from(options, errors);
    ArchiveConfig archive = ArchiveConfig.from(options, errors);
    ConsumptionConfig consumption = ConsumptionConfig.from(options, errors);
    Instant from = moment("from", options.getFrom(), errors);
    Instant to = moment("to", options.getTo(), errors);
    if (from != null && to != null && !from.isBefore(to)) {
      errors.add("--from=" + from + " is not before --to=" + to);
    }
    Duration closes =
        OptionValues.duration("monthClosesAfter", options.getMonthClosesAfter(), errors);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    Set<String> meters = options.getMeter() == null ? Set.of() : Set.copyOf(options.getMeter());
    return new RepairConfig(
        kafka,
        archive,
        consumption,
        new LateReadingFilter(options.getKafkaTopic(), meters, from, to),
        closes);
  }

  private static Instant moment(String name, String text, List<String> errors) {
    return text == null ? null : OptionValues.instant(name, text, errors);
  }
}
