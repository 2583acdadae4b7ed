package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.ArchiveSelection;
import dev.wattbeam.io.snowflake.SnowflakeConfig;
import dev.wattbeam.io.snowflake.StageConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.OptionValues;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The validated options of {@link LoadMessages}. */
record LoadMessagesConfig(
    ArchiveConfig archive,
    ArchiveSelection selection,
    SnowflakeConfig snowflake,
    StageConfig stage,
    String run) {
  /**
   * Validates the options.
   *
   * @throws ConfigurationException naming everything that is wrong
   */
  static LoadMessagesConfig from(LoadMessagesOptions options) {
    List<String> errors = new ArrayList<>();
    ArchiveConfig archive = ArchiveConfig.from(options, errors);
    LocalDate from = day("archiveFrom", options.getArchiveFrom(), errors);
    LocalDate to = day("archiveTo", options.getArchiveTo(), errors);
    if (from != null && to != null && to.isBefore(from)) {
      errors.add("--archiveTo=" + to + " is before --archiveFrom=" + from);
    }
    SnowflakeConfig snowflake = SnowflakeConfig.from(options, errors);
    StageConfig stage = StageConfig.from(options, errors);
    String run = RunName.of(options.getRun(), errors);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return new LoadMessagesConfig(
        archive, ArchiveSelection.of(options.getArchiveSource(), from, to), snowflake, stage, run);
  }

  /** No default: what is loaded twice is there twice. */
  private static LocalDate day(String name, String text, List<String> errors) {
    if (text == null) {
      errors.add("--" + name + " is missing: give a day such as 2026-11-22");
      return null;
    }
    return OptionValues.day(name, text, errors);
  }
}
