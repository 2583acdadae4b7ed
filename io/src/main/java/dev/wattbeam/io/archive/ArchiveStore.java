package dev.wattbeam.io.archive;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import software.amazon.awssdk.core.exception.SdkException;

/** Files of the archive, by their path in it, on whichever file system. */
final class ArchiveStore {
  private static final String GZIP = "application/gzip";
  private static final int BUFFER = 64 * 1024;

  private final String root;

  ArchiveStore(ArchiveConfig config) {
    this.root = config.root();
  }

  /** What is done with a store, which may fail in its own way. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  /** What fills a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static <T> T failing(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  List<Metadata> match(String glob) throws IOException {
    return failing(
        () -> {
          MatchResult result = FileSystems.match(List.of(root + glob)).get(0);
          return result.status() == MatchResult.Status.NOT_FOUND ? List.of() : result.metadata();
        });
  }

  boolean exists(String path) throws IOException {
    return !match(path).isEmpty();
  }

  /** Reads a file of lines. The file has one gzip member: Java stops after it. */
  InputStream open(String path) throws IOException {
    return failing(
        () ->
            new BufferedInputStream(
                new GZIPInputStream(
                    Channels.newInputStream(FileSystems.open(resource(path))), BUFFER),
                BUFFER));
  }

  /** Writes a file beside the others, where nobody looks; returns its path. */
  String writeAside(String source, Content content) throws IOException {
    String path = asideFolder(source) + UUID.randomUUID() + ".gz";
    return failing(
        () -> {
          try (OutputStream out =
              new BufferedOutputStream(
                  new GZIPOutputStream(
                      Channels.newOutputStream(FileSystems.create(resource(path), GZIP)), BUFFER),
                  BUFFER)) {
            content.writeTo(out);
          }
          return path;
        });
  }

  static String asideFolder(String source) {
    return ArchiveFile.folder(source) + "_temporary/";
  }

  /** Moves a file that was written aside to where it belongs, at once. */
  void move(String from, String to) throws IOException {
    failing(
        () -> {
          FileSystems.rename(List.of(resource(from)), List.of(resource(to)));
          return null;
        });
  }

  void delete(Collection<String> paths) throws IOException {
    failing(
        () -> {
          FileSystems.delete(
              paths.stream().map(this::resource).toList(),
              StandardMoveOptions.IGNORE_MISSING_FILES);
          return null;
        });
  }

  private ResourceId resource(String path) {
    return FileSystems.matchNewResource(root + path, false);
  }
}
