package dev.wattbeam.pipelines.archive;

import dev.wattbeam.io.archive.ArchiveOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link CompactArchive}. */
public interface CompactArchiveOptions extends ArchiveOptions {
  @Description("Topic whose files are made into larger ones.")
  @Default.String("readings")
  String getArchiveSource();

  void setArchiveSource(String value);

  @Description("Most size of the files together that become one, MB, as they are compressed.")
  @Default.Integer(128)
  int getArchiveFileMegabytes();

  void setArchiveFileMegabytes(int value);
}
