package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.snowflake.SnowflakeConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** The validated options of {@link LoadWarehouse}. */
record LoadConfig(
    PostgresConfig postgres,
    SnowflakeConfig snowflake,
    String run,
    Duration overlap,
    boolean fromBeginning,
    long bytesPerFile) {
  private static final int MOST_MEGABYTES = 512;

  /**
   * Validates the options.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  static LoadConfig from(LoadOptions options) {
    List<String> errors = new ArrayList<>();
    PostgresConfig postgres = PostgresConfig.from(options, errors);
    SnowflakeConfig snowflake = SnowflakeConfig.from(options, errors);
    String run = RunName.of(options.getRun(), errors);
    Duration overlap = overlap(options.getOverlap(), errors);
    int megabytes = options.getMegabytesPerFile();
    if (megabytes < 1 || megabytes > MOST_MEGABYTES) {
      errors.add("--megabytesPerFile=" + megabytes + ": between 1 and " + MOST_MEGABYTES);
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return new LoadConfig(
        postgres, snowflake, run, overlap, options.getFromBeginning(), megabytes * 1_048_576L);
  }

  private static Duration overlap(String text, List<String> errors) {
    try {
      Duration overlap = Duration.parse(text);
      if (!overlap.isNegative() && overlap.compareTo(Duration.ofDays(3650)) <= 0) {
        return overlap;
      }
      errors.add("--overlap=" + text + ": between PT0S and P3650D");
    } catch (DateTimeParseException e) {
      errors.add("--overlap=" + text + ": not an ISO 8601 duration such as PT1H");
    }
    return null;
  }
}
