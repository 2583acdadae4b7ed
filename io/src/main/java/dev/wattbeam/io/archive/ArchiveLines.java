package dev.wattbeam.io.archive;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The lines of files of one partition, in the order of the offsets, each offset once. A file is
 * opened when its range comes, so few are open at a time, however many days there are.
 */
final class ArchiveLines implements Closeable {
  private final ArchiveStore store;
  private final PriorityQueue<Input> inputs =
      new PriorityQueue<>(
          Comparator.<Input>comparingLong(input -> input.offset)
              .thenComparing(input -> input.file));
  private byte[] line;
  private ArchivedMessage message;
  private long lastOffset = -1;

  /** A file; before it is opened it counts as if it began with the first offset of its range. */
  private static final class Input {
    private final ArchiveFile file;
    private InputStream in;
    private byte[] line;
    private ArchivedMessage message;
    private long offset;

    private Input(ArchiveFile file) {
      this.file = file;
      this.offset = file.first();
    }
  }

  ArchiveLines(ArchiveStore store, Collection<ArchiveFile> files) {
    this.store = store;
    files.forEach(file -> inputs.add(new Input(file)));
  }

  /** Goes to the next line; false when there is none. */
  boolean next() throws IOException {
    while (!inputs.isEmpty()) {
      Input input = inputs.poll();
      byte[] candidate = input.line;
      ArchivedMessage candidateMessage = input.message;
      advance(input);
      if (candidate != null && candidateMessage.offset() > lastOffset) {
        line = candidate;
        message = candidateMessage;
        lastOffset = message.offset();
        return true;
      }
    }
    return false;
  }

  private void advance(Input input) throws IOException {
    if (input.in == null) {
      input.in = store.open(input.file.path());
    }
    input.line = readLine(input.in);
    if (input.line == null) {
      input.in.close();
      return;
    }
    input.message = ArchivedMessage.parse(input.line);
    input.offset = input.message.offset();
    inputs.add(input);
  }

  private static byte[] readLine(InputStream in) throws IOException {
    int b = in.read();
    if (b < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (; b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("A file of the archive ends in the middle of a line");
      }
      line.write(b);
    }
    return line.toByteArray();
  }

  /** The line that {@link #next} went to, without its end. */
  byte[] line() {
    return line;
  }

  ArchivedMessage message() {
    return message;
  }

  @Override
  public void close() throws IOException {
    for (Input input : inputs) {
      if (input.in != null) {
        input.in.close();
      }
    }
  }
}
