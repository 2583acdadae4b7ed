package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PDone;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes few large files out of many small ones of a source: of each day and partition those that
 * follow one another. The small ones are deleted when the large one has been read back and has each
 * of their lines. Cut off at any point, the archive holds each message, and a later run goes on.
 *
 * <p>Metrics, in the namespace {@code wattbeam}: counters {@code compacted_files}, {@code
 * compacted_messages}.
 */
public final class CompactFiles extends PTransform<PBegin, PDone> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactFiles.class);

  /** What was written aside and never moved belongs to nobody after that time. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final ArchiveConfig archive;
  private final String source;
  private final long mostBytes;

  private CompactFiles(ArchiveConfig archive, String source, long mostBytes) {
    this.archive = requireNonNull(archive, "archive");
    this.source = requireNonNull(source, "source");
    this.mostBytes = mostBytes;
  }

  /**
   * Compacts the files of a source.
   *
   * @param mostBytes size of the files together that become one
   */
  public static CompactFiles of(ArchiveConfig archive, String source, long mostBytes) {
    return new CompactFiles(archive, source, mostBytes);
  }

  @Override
  public PDone expand(PBegin input) {
    input
        .apply("Source", Create.of(source).withCoder(StringUtf8Coder.of()))
        .apply("FindSmallFiles", ParDo.of(new FindSmallFilesFn(archive, mostBytes)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ListCoder.of(StringUtf8Coder.of())))
        .apply("SpreadFiles", Reshuffle.viaRandomKey())
        .apply("MergeFiles", ParDo.of(new MergeFilesFn(archive)));
    return PDone.in(input.getPipeline());
  }

  private static final class FindSmallFilesFn extends DoFn<String, KV<String, List<String>>> {
    private static final long serialVersionUID = 1L;

    private final ArchiveConfig archive;
    private final long mostBytes;

    private FindSmallFilesFn(ArchiveConfig archive, long mostBytes) {
      this.archive = archive;
      this.mostBytes = mostBytes;
    }

    @ProcessElement
    public void process(@Element String source, OutputReceiver<KV<String, List<String>>> out)
        throws IOException {
      ArchiveStore store = new ArchiveStore(archive);
      deleteAbandoned(store, source);
      Map<ArchiveFile, Long> sizes = ArchiveIndex.sizes(archive, source);
      for (ArchiveIndex.Compaction compaction :
          new ArchiveIndex(sizes.keySet()).compactions(mostBytes, sizes::get)) {
        out.output(
            KV.of(
                compaction.target().path(),
                compaction.sources().stream().map(ArchiveFile::path).toList()));
      }
    }

    private static void deleteAbandoned(ArchiveStore store, String source) throws IOException {
      long before = System.currentTimeMillis() - ABANDONED.toMillis();
      String folder = ArchiveStore.asideFolder(source);
      List<String> abandoned =
          store.match(folder + "*").stream()
              .filter(file -> file.lastModifiedMillis() < before)
              .map(file -> folder + file.resourceId().getFilename())
              .toList();
      if (!abandoned.isEmpty()) {
        LOG.info("{}: {} files that a run left behind are deleted", folder, abandoned.size());
        store.delete(abandoned);
      }
    }
  }

  private static final class MergeFilesFn extends DoFn<KV<String, List<String>>, Void> {
    private static final long serialVersionUID = 1L;

    private final ArchiveConfig archive;
    private final Counter files = Metrics.counter("wattbeam", "compacted_files");
    private final Counter messages = Metrics.counter("wattbeam", "compacted_messages");

    private MergeFilesFn(ArchiveConfig archive) {
      this.archive = archive;
    }

    @ProcessElement
    public void process(@Element KV<String, List<String>> compaction) throws IOException {
      ArchiveFile target = ArchiveFile.parse(compaction.getKey());
      List<ArchiveFile> sources = compaction.getValue().stream().map(ArchiveFile::parse).toList();
      messages.inc(Patience.retry(archive.patience(), () -> merge(target, sources)));
      files.inc(sources.size());
    }

    private long merge(ArchiveFile target, List<ArchiveFile> all) throws IOException {
      ArchiveStore store = new ArchiveStore(archive);
      List<ArchiveFile> sources = all;
      if (store.exists(target.path())) {
        // An earlier attempt may have deleted some of them.
        sources = new ArrayList<>();
        for (ArchiveFile file : all) {
          if (store.exists(file.path())) {
            sources.add(file);
          }
        }
      } else {
        String aside =
            store.writeAside(
                target.source(),
                out -> {
                  try (ArchiveLines lines = new ArchiveLines(store, all)) {
                    while (lines.next()) {
                      out.write(lines.line());
                      out.write('\n');
                    }
                  }
                });
        store.move(aside, target.path());
      }
      long verified = verify(store, target, sources);
      store.delete(sources.stream().map(ArchiveFile::path).toList());
      return verified;
    }

    /** Whether the large file has each line of the small ones that are left; their number. */
    private static long verify(ArchiveStore store, ArchiveFile target, List<ArchiveFile> sources)
        throws IOException {
      long verified = 0;
      try (ArchiveLines large = new ArchiveLines(store, List.of(target));
          ArchiveLines small = new ArchiveLines(store, sources)) {
        while (small.next()) {
          do {
            if (!large.next() || large.message().offset() > small.message().offset()) {
              throw missing(target, small);
            }
          } while (large.message().offset() < small.message().offset());
          if (!Arrays.equals(large.line(), small.line())) {
            throw missing(target, small);
          }
          verified++;
        }
      }
      return verified;
    }

    private static IllegalStateException missing(ArchiveFile target, ArchiveLines small) {
      return new IllegalStateException(
          target.path()
              + " does not hold offset "
              + small.message().offset()
              + " as the files do that it is made of; nothing was deleted. Move this file away and"
              + " run again");
    }
  }
}
