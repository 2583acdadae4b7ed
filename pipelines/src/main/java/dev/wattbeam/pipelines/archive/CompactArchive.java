package dev.wattbeam.pipelines.archive;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.CompactFiles;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.PipelineCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;

/**
 * Makes few large files out of many small ones of the archive. See
 * docs/pipelines/archive-readings.md.
 */
public final class CompactArchive {
  /** Name of the pipeline in logs and lists. */
  public static final String NAME = "compact-archive";

  public static final String DESCRIPTION =
      "Makes few large files out of the many small ones of an archive.";

  private CompactArchive() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(
        NAME, args, CompactArchiveOptions.class, options -> List.of(), CompactArchive::build);
  }

  /**
   * Adds the steps of this pipeline.
   *
   * @throws ConfigurationException naming every option that is wrong
   */
  public static void build(Pipeline pipeline, CompactArchiveOptions options) {
    List<String> errors = new ArrayList<>();
    ArchiveConfig archive = ArchiveConfig.from(options, errors);
    int megabytes = options.getArchiveFileMegabytes();
    if (megabytes < 1) {
      errors.add("--archiveFileMegabytes=" + megabytes + ": at least 1");
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }

    pipeline.apply(
        "CompactFiles",
        CompactFiles.of(archive, options.getArchiveSource(), megabytes * 1_000_000L));
  }
}
