package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.kafka.PollParser;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readings of a source of the archive, in batches as from a poll of Kafka. A partition is not
 * split, since its clock needs it in order.
 */
final class ArchiveSource extends BoundedSource<ReadingBatch> {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveSource.class);

  /** How much longer lines are than their file. */
  private static final long COMPRESSION = 10;

  private static final int BATCH = 10_000;

  private final ArchiveConfig archive;
  private final ArchiveSelection selection;
  private final ClockLimits limits;
  private final String pipelineName;

  /** Paths of the files, all of one partition; null before the split. */
  private final String[] paths;

  private final long bytes;

  ArchiveSource(
      ArchiveConfig archive, ArchiveSelection selection, ClockLimits limits, String pipelineName) {
    this(archive, selection, limits, pipelineName, null, 0);
  }

  private ArchiveSource(
      ArchiveConfig archive,
      ArchiveSelection selection,
      ClockLimits limits,
      String pipelineName,
      String[] paths,
      long bytes) {
    this.archive = requireNonNull(archive, "archive");
    this.selection = requireNonNull(selection, "selection");
    this.limits = requireNonNull(limits, "limits");
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
    this.paths = paths;
    this.bytes = bytes;
  }

  @Override
  public List<ArchiveSource> split(long desiredBundleSizeBytes, PipelineOptions options)
      throws IOException {
    if (paths != null) {
      return List.of(this);
    }
    Map<Integer, List<ArchiveFile>> partitions = new TreeMap<>();
    Map<ArchiveFile, Long> sizes = ArchiveIndex.sizes(archive, selection);
    new ArchiveIndex(sizes.keySet())
        .files()
        .forEach(
            file -> partitions.computeIfAbsent(file.partition(), x -> new ArrayList<>()).add(file));
    List<ArchiveSource> splits = new ArrayList<>();
    partitions
        .values()
        .forEach(
            files ->
                splits.add(
                    new ArchiveSource(
                        archive,
                        selection,
                        limits,
                        pipelineName,
                        files.stream().map(ArchiveFile::path).toArray(String[]::new),
                        files.stream().mapToLong(sizes::get).sum() * COMPRESSION)));
    if (splits.isEmpty()) {
      LOG.warn("The archive {} has no file of {}", archive.root(), selection);
      return List.of(empty());
    }
    return splits;
  }

  private ArchiveSource empty() {
    return new ArchiveSource(archive, selection, limits, pipelineName, new String[0], 0);
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) throws IOException {
    return paths != null
        ? bytes
        : ArchiveIndex.sizes(archive, selection).values().stream().mapToLong(Long::longValue).sum()
            * COMPRESSION;
  }

  @Override
  public Coder<ReadingBatch> getOutputCoder() {
    return ReadingBatchCoder.of();
  }

  @Override
  public BoundedReader<ReadingBatch> createReader(PipelineOptions options) {
    if (paths == null) {
      throw new IllegalStateException("The source was not split");
    }
    return new Reader(this);
  }

  private static final class Reader extends BoundedReader<ReadingBatch> {
    private final ArchiveSource source;
    private final PollParser parser;
    private ArchiveLines lines;
    private int partition;
    private long clock = Long.MIN_VALUE;
    private ReadingBatch current;

    private Reader(ArchiveSource source) {
      this.source = source;
      this.parser =
          new PollParser(
              source.selection.source(),
              source.selection.maxMessageBytes(),
              source.limits,
              source.pipelineName);
    }

    @Override
    public boolean start() throws IOException {
      List<ArchiveFile> files = new ArrayList<>();
      for (String path : source.paths) {
        files.add(ArchiveFile.parse(path));
      }
      partition = files.isEmpty() ? 0 : files.get(0).partition();
      lines = new ArchiveLines(new ArchiveStore(source.archive), files);
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      parser.begin(partition, clock, Long.MIN_VALUE, BATCH);
      while (parser.size() < BATCH && lines.next()) {
        ArchivedMessage message = lines.message();
        parser.add(message.offset(), message.timestampMillis(), message.value());
      }
      clock = parser.clock();
      current = parser.size() == 0 ? null : parser.end().readings();
      return current != null;
    }

    @Override
    public ReadingBatch getCurrent() {
      if (current == null) {
        throw new NoSuchElementException("Nothing was read");
      }
      return current;
    }

    @Override
    public BoundedSource<ReadingBatch> getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {
      if (lines != null) {
        lines.close();
      }
    }
  }
}
