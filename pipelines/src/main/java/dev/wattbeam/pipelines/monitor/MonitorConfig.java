package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.quality.ReadingLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * The validated options of {@link MonitorConsumption}.
 *
 * @param emission when rows are handed on, for each of the two computing steps
 */
record MonitorConfig(
    KafkaConfig kafka,
    PostgresConfig postgres,
    ReadingLimits limits,
    Emission emission,
    int meterBuckets,
    int groupBuckets) {
  /** More could not be counted back from any time that readings have. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /**
   * Validates the options.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  static MonitorConfig from(MonitorOptions options) {
    List<String> errors = new ArrayList<>();
    KafkaConfig kafka = KafkaConfig.from(options, errors);
    PostgresConfig postgres = PostgresConfig.from(options, errors);
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
        postgres,
        new ReadingLimits(oldest, tolerance, lateness),
        emission(kafka, early),
        options.getMeterBuckets(),
        options.getGroupBuckets());
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

  private static void positive(String name, int value, List<String> errors) {
    if (value < 1 || value > 32_768) {
      errors.add("--" + name + "=" + value + ": between 1 and 32768");
    }
  }
}
