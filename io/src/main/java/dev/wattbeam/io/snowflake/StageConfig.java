package dev.wattbeam.io.snowflake;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Checked {@link StageOptions}.
 *
 * @param folder ends with a slash
 * @param integration name of a storage integration
 * @param files that a run puts there
 */
public record StageConfig(String folder, String integration, int files) {
  /** Goes into a statement, and Beam's SnowflakeIO takes it for a regular expression. */
  private static final Pattern FOLDER = Pattern.compile("s3://[a-z0-9.-]+(/[A-Za-z0-9._=-]+)*/?");

  /** COPY takes no more names. */
  private static final int MOST_FILES = 1000;

  public StageConfig {
    folder = folder.endsWith("/") ? folder : folder + "/";
  }

  /**
   * Checks the options.
   *
   * @param errors gets one line for each thing that is wrong
   * @return null when something is wrong
   */
  public static StageConfig from(StageOptions options, List<String> errors) {
    int before = errors.size();
    String folder = options.getSnowflakeStage();
    String example = "give a folder in S3 that Snowflake may read, such as s3://bucket/wattbeam/";
    if (folder == null || folder.isBlank()) {
      errors.add("--snowflakeStage is missing: " + example);
    } else if (!FOLDER.matcher(folder).matches()) {
      errors.add(
          "--snowflakeStage=" + folder + ": " + example + " (letters, digits and . _ = - only)");
    }
    SnowflakeConfig.checkName(
        "--snowflakeStorageIntegration", options.getSnowflakeStorageIntegration(), errors);
    int files = options.getSnowflakeStageFiles();
    if (files < 1 || files > MOST_FILES) {
      errors.add("--snowflakeStageFiles=" + files + ": between 1 and " + MOST_FILES);
    }
    return errors.size() > before
        ? null
        : new StageConfig(folder, options.getSnowflakeStorageIntegration(), files);
  }
}
