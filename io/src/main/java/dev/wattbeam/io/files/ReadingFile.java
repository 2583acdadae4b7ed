package dev.wattbeam.io.files;

import dev.wattbeam.model.MeterChannel;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An open file of readings, row by row in its order. gzip is recognised by its first bytes, a UTF-8
 * byte order mark is skipped. Not thread-safe.
 */
public final class ReadingFile implements AutoCloseable {
  /** Longest row in bytes; a longer one is rejected. Leaves room below Kafka's usual 1 MiB. */
  public static final int MAX_ROW_BYTES = 1_000_000;

  private static final int BUFFER = 1 << 16;

  private final String name;
  private final InputStream source;
  private final CountingStream counter;
  private final long size;
  private final RowSource rows;
  private final Map<String, FileMeter> meters;

  /**
   * @param feed what the first reading of a file that is read twice has found; else null
   */
  private ReadingFile(
      String name,
      InputStream source,
      long size,
      ReadingFormat format,
      Set<MeterChannel> leaveOut,
      GreenButtonFeed feed)
      throws IOException {
    this.name = name;
    this.source = source;
    this.size = size;
    this.counter = new CountingStream(source);
    InputStream unpacked = unpacked(counter, name);
    if (feed != null) {
      this.rows = new GreenButtonRows(feed, unpacked, name);
      this.meters = feed.meters();
    } else {
      RowParser parser =
          format.mapping() == null
              ? new JsonLines(format.zone())
              : new CsvRows(format.mapping(), name, leaveOut);
      this.rows = new LineRows(new LineReader(unpacked, MAX_ROW_BYTES), parser, name);
      this.meters = Map.of();
    }
  }

  /**
   * Opens a file.
   *
   * @throws InvalidFileException when it does not exist, is empty, or lacks a column that the
   *     format needs
   * @throws IllegalArgumentException when the format does not say which meter the rows are of
   */
  public static ReadingFile open(Path file, ReadingFormat format) throws IOException {
    return open(file, format, Set.of());
  }

  /**
   * Opens a file without some channels of some meters ({@link FileScan#absentChannels}).
   *
   * @throws InvalidFileException when it does not exist, is empty, or lacks a column that the
   *     format needs
   * @throws IllegalArgumentException when the format does not say which meter the rows are of
   */
  public static ReadingFile open(Path file, ReadingFormat format, Set<MeterChannel> leaveOut)
      throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidFileException(file + " is a directory, not a file");
    }
    Path fileName = file.getFileName();
    String name = fileName == null ? file.toString() : fileName.toString();
    try {
      GreenButtonFeed feed = format.readTwice() ? feed(file, name, format) : null;
      return open(Files.newInputStream(file), name, Files.size(file), format, leaveOut, feed);
    } catch (NoSuchFileException e) {
      throw new InvalidFileException("There is no file " + file, e);
    }
  }

  private static GreenButtonFeed feed(Path file, String name, ReadingFormat format)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return GreenButtonFeed.read(unpacked(in, name), name, format);
    } catch (ZipException | EOFException e) {
      throw damaged(name, 0, e);
    }
  }

  /**
   * Reads from a stream, which is closed with the file. What has to be read twice is put into a
   * temporary file first.
   *
   * @param name stands for the file name in messages and origins
   * @param size length of the stream in bytes, or 0 when unknown
   * @throws InvalidFileException as for a file
   * @throws IllegalArgumentException as for a file
   */
  public static ReadingFile open(
      InputStream in, String name, long size, ReadingFormat format, Set<MeterChannel> leaveOut)
      throws IOException {
    if (!format.readTwice()) {
      return open(in, name, size, format, leaveOut, null);
    }
    Path copy = Files.createTempFile("wattbeam-", ".tmp");
    try (in) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      GreenButtonFeed feed = feed(copy, name, format);
      return open(Files.newInputStream(copy), name, Files.size(copy), format, leaveOut, feed);
    } finally {
      // An open file stays readable.
      Files.delete(copy);
    }
  }

  private static ReadingFile open(
      InputStream in,
      String name,
      long size,
      ReadingFormat format,
      Set<MeterChannel> leaveOut,
      GreenButtonFeed feed)
      throws IOException {
    boolean opened = false;
    try {
      if (!format.namesMeters()) {
        throw new IllegalArgumentException(
            "Format " + format.name() + " does not name the meter; give it with --meter=NAME");
      }
      ReadingFile file = new ReadingFile(name, in, size, format, Set.copyOf(leaveOut), feed);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        in.close();
      }
    }
  }

  private static InputStream unpacked(InputStream packed, String name) throws IOException {
    InputStream in = packed;
    byte[] head = in.readNBytes(2);
    if (head.length == 0) {
      throw new InvalidFileException(name + " is empty");
    }
    boolean gzip = head.length == 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
    in = new SequenceInputStream(new ByteArrayInputStream(head), in);
    if (gzip) {
      try {
        in = new GZIPInputStream(in, BUFFER);
      } catch (ZipException | EOFException e) {
        throw new InvalidFileException(name + " is damaged: its gzip header is cut", e);
      }
    }
    return withoutMark(in, name);
  }

  private static InputStream withoutMark(InputStream in, String name) throws IOException {
    byte[] head;
    try {
      head = in.readNBytes(3);
    } catch (ZipException | EOFException e) {
      throw damaged(name, 0, e);
    }
    if (head.length == 0) {
      throw new InvalidFileException(name + " is empty inside its gzip wrapping");
    }
    int first = head[0] & 0xff;
    int second = head.length > 1 ? head[1] & 0xff : 0;
    if ((first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff)) {
      throw new InvalidFileException(name + " is UTF-16 text; convert it to UTF-8");
    }
    if (first == 'P' && second == 'K' && head.length == 3 && head[2] == 3) {
      throw new InvalidFileException(name + " is a ZIP archive; unpack it (gzip is read as it is)");
    }
    if (first == 0xef && second == 0xbb && head.length == 3 && (head[2] & 0xff) == 0xbf) {
      return in;
    }
    return new SequenceInputStream(new ByteArrayInputStream(head), in);
  }

  /**
   * The next row, or null at the end.
   *
   * @throws InvalidFileException when the rest cannot be unpacked
   */
  public FileRow next() throws IOException {
    try {
      return rows.next();
    } catch (ZipException | EOFException e) {
      throw damaged(name, rows.line(), e);
    }
  }

  private static InvalidFileException damaged(String name, long line, IOException cause) {
    return new InvalidFileException(
        name
            + " is damaged: its gzip data ends or breaks after line "
            + line
            + " ("
            + cause.getMessage()
            + ")",
        cause);
  }

  /** What the file itself says of its meters, by their names; empty when it says nothing. */
  public Map<String, FileMeter> meters() {
    return meters;
  }

  /** Name of the file without its folders. */
  public String name() {
    return name;
  }

  /** Bytes of the (packed) file that have been read. */
  public long bytesRead() {
    return counter.count;
  }

  /** Length of the (packed) file in bytes, or 0 when unknown. */
  public long size() {
    return size;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private static final class CountingStream extends InputStream {
    private final InputStream in;
    private volatile long count;

    CountingStream(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads; others only look
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      if (read > 0) {
        count += read;
      }
      return read;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }
  }
}
