package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the messages of the archive as they are there, right or wrong, file by file, so without an
 * order.
 *
 * <p>Metric, in the namespace {@code wattbeam}: counter {@code archived_lines_read}.
 */
public final class ReadLines extends PTransform<PBegin, PCollection<ArchivedLine>> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReadLines.class);

  private final ArchiveConfig archive;
  private final ArchiveSelection selection;

  private ReadLines(ArchiveConfig archive, ArchiveSelection selection) {
    this.archive = requireNonNull(archive, "archive");
    this.selection = requireNonNull(selection, "selection");
  }

  /** Reads days of a source. */
  public static ReadLines from(ArchiveConfig archive, ArchiveSelection selection) {
    return new ReadLines(archive, selection);
  }

  /** Looks whether the archive knows the source at all; one line for what is wrong. */
  public static List<String> check(ArchiveConfig archive, String source) {
    try {
      return ArchiveIndex.sizes(archive, source).isEmpty()
          ? List.of("The archive " + archive.root() + " has no file of the topic '" + source + "'")
          : List.of();
    } catch (IOException e) {
      return List.of("The archive " + archive.root() + " cannot be read: " + e.getMessage());
    }
  }

  @Override
  public PCollection<ArchivedLine> expand(PBegin input) {
    return input
        .apply("Source", Create.of(selection.source()).withCoder(StringUtf8Coder.of()))
        .apply("FindFiles", ParDo.of(new FindFilesFn(archive, selection)))
        .apply("SpreadFiles", Reshuffle.viaRandomKey())
        .apply("ReadFiles", ParDo.of(new ReadFilesFn(archive)))
        .setCoder(ArchivedLineCoder.of());
  }

  private static final class FindFilesFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    private final ArchiveConfig archive;
    private final ArchiveSelection selection;

    private FindFilesFn(ArchiveConfig archive, ArchiveSelection selection) {
      this.archive = archive;
      this.selection = selection;
    }

    @ProcessElement
    public void process(OutputReceiver<String> paths) throws IOException {
      Set<ArchiveFile> files = ArchiveIndex.sizes(archive, selection).keySet();
      if (files.isEmpty()) {
        LOG.warn("The archive {} has no file of {}", archive.root(), selection);
      }
      new ArchiveIndex(files).files().forEach(file -> paths.output(file.path()));
    }
  }

  private static final class ReadFilesFn extends DoFn<String, ArchivedLine> {
    private static final long serialVersionUID = 1L;

    private final ArchiveConfig archive;
    private final Counter read = Metrics.counter("wattbeam", "archived_lines_read");

    private ReadFilesFn(ArchiveConfig archive) {
      this.archive = archive;
    }

    @ProcessElement
    public void process(@Element String path, OutputReceiver<ArchivedLine> out) throws IOException {
      ArchiveFile file = ArchiveFile.parse(path);
      try (ArchiveLines lines = new ArchiveLines(new ArchiveStore(archive), List.of(file))) {
        while (lines.next()) {
          ArchivedMessage message = lines.message();
          out.output(
              new ArchivedLine(
                  file.source(),
                  file.partition(),
                  message.offset(),
                  message.timestampMillis(),
                  new String(lines.line(), StandardCharsets.UTF_8)));
          read.inc();
        }
      }
    }
  }
}
