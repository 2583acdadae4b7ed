package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.model.ReadingBatch;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads the readings that a topic had from the archive: the same batches, partition by partition in
 * the order of the offsets, as a bounded read of the topic would give, dead letters included.
 */
public final class ReadArchive extends PTransform<PBegin, PCollection<ReadingBatch>> {
  private static final long serialVersionUID = 1L;

  private final ArchiveConfig archive;
  private final ArchiveSelection selection;
  private final ClockLimits limits;
  private final String pipelineName;

  private ReadArchive(
      ArchiveConfig archive, ArchiveSelection selection, ClockLimits limits, String pipelineName) {
    this.archive = requireNonNull(archive, "archive");
    this.selection = requireNonNull(selection, "selection");
    this.limits = requireNonNull(limits, "limits");
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /**
   * Reads days of a source.
   *
   * @param limits which event times may move the clock of a partition
   * @param pipelineName name in dead letters
   */
  public static ReadArchive from(
      ArchiveConfig archive, ArchiveSelection selection, ClockLimits limits, String pipelineName) {
    return new ReadArchive(archive, selection, limits, pipelineName);
  }

  @Override
  public PCollection<ReadingBatch> expand(PBegin input) {
    return input.apply(
        "ReadFiles", Read.from(new ArchiveSource(archive, selection, limits, pipelineName)));
  }
}
