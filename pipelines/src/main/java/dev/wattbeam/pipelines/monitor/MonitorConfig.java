package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.ArchiveSelection;
import dev.wattbeam.io.cassandra.CassandraConfig;
import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.mongodb.MongoConfig;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.quality.ReadingLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The validated options of {@link MonitorConsumption}.
 *
 * @param kafka null when the archive is read
 * @param archive null when Kafka is read
 * @param stores those beside PostgreSQL that get intervals and latest values too
 * @param emission when rows are handed on, for each of the two computing steps
 */
record MonitorConfig(
    KafkaConfig kafka,
    Archive archive,
    PostgresConfig postgres,
    List<RowStoreConfig> stores,
    ReadingLimits limits,
    Emission emission,
    int meterBuckets,
    int groupBuckets) {
  /** What is read of an archive. */
  record Archive(ArchiveConfig config, ArchiveSelection selection) {}

  /** More could not be counted back from any time that readings have. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

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
    PostgresConfig postgres = PostgresConfig.from(options, errors);
    List<RowStoreConfig> stores =
        Stream.<RowStoreConfig>of(
                CassandraConfig.from(options, errors), MongoConfig.from(options, errors))
            .filter(Objects::nonNull)
            .toList();
    long lateness =
        options.getAllowedLateness().equals("unlimited")
            ? ReadingLimits.UNLIMITED
            : duration("allowedLateness", options.getAllowedLateness(), errors).toMillis();
    long tolerance = duration("futureTolerance", options.getFutureTolerance(), errors).toMillis();
    Duration early = duration("earlyEvery", options.getEarlyEvery(), errors);
    if (early.toMillis() < 100) {
      errors.add("--earlyEvery=" + options.getEarlyEvery() + ": at least PT0.1S");
    }
    long oldest = instant("oldestTime", options.getOldestTime(), errors);
    positive("meterBuckets", options.getMeterBuckets(), errors);
    positive("groupBuckets", options.getGroupBuckets(), errors);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return new MonitorConfig(
        kafka,
        archive,
        postgres,
        stores,
        new ReadingLimits(oldest, tolerance, lateness),
        fromArchive ? Emission.atEnd() : emission(kafka, early),
        options.getMeterBuckets(),
        options.getGroupBuckets());
  }

  private static Archive archive(MonitorOptions options, List<String> errors) {
    ArchiveConfig config = ArchiveConfig.from(options, errors);
    LocalDate from = day("archiveFrom", options.getArchiveFrom(), errors);
    LocalDate to = day("archiveTo", options.getArchiveTo(), errors);
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

  ClockLimits clockLimits() {
    return new ClockLimits(limits.oldestMillis(), limits.futureToleranceMillis());
  }

  private static Duration duration(String name, String text, List<String> errors) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
      errors.add("--" + name + "=" + text + ": not between PT0S and P36500D");
    } catch (DateTimeParseException e) {
      errors.add(
          "--" + name + "=" + text + ": not an ISO 8601 duration such as PT10S, PT15M or P1D");
    }
    return Duration.ofDays(1);
  }

  private static long instant(String name, String text, List<String> errors) {
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      errors.add("--" + name + "=" + text + ": not a moment such as 2000-01-01T00:00:00Z");
      return 0;
    }
  }

  private static LocalDate day(String name, String text, List<String> errors) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      errors.add("--" + name + "=" + text + ": not a day such as 2026-11-22");
      return LocalDate.EPOCH;
    }
  }

  private static void positive(String name, int value, List<String> errors) {
    if (value < 1 || value > 32_768) {
      errors.add("--" + name + "=" + value + ": between 1 and 32768");
    }
  }
}
