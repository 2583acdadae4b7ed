package dev.wattbeam.io.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The messages of one block, a file for each of their days. */
final class BlockFiles {
  private static final long DAY_MILLIS = 86_400_000L;

  private final String source;
  private final int partition;
  private final long first;
  private final long last;
  private final Map<LocalDate, ByteArrayOutputStream> days = new TreeMap<>();
  private long messages;

  BlockFiles(String source, int partition, long first, long last) {
    this.source = source;
    this.partition = partition;
    this.first = first;
    this.last = last;
  }

  void add(ConsumerRecord<byte[], byte[]> message) {
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(message.timestamp(), DAY_MILLIS));
    ArchivedMessage.write(message, days.computeIfAbsent(day, x -> new ByteArrayOutputStream()));
    messages++;
  }

  long messages() {
    return messages;
  }

  /**
   * Puts the files into the archive, those that are not there yet.
   *
   * @return bytes before compression
   * @throws IllegalStateException when there is a file of that name with another content
   */
  long putInto(ArchiveStore store) throws IOException {
    long bytes = 0;
    int part = 0;
    for (Map.Entry<LocalDate, ByteArrayOutputStream> day : days.entrySet()) {
      part++;
      ArchiveFile file =
          new ArchiveFile(source, day.getKey(), partition, first, last, part, days.size());
      put(store, file.path(), day.getValue().toByteArray());
      bytes += day.getValue().size();
    }
    return bytes;
  }

  private void put(ArchiveStore store, String path, byte[] lines) throws IOException {
    if (!store.exists(path)) {
      store.move(store.writeAside(source, out -> out.write(lines)), path);
      return;
    }
    try (InputStream in = store.open(path)) {
      if (!Arrays.equals(in.readAllBytes(), lines)) {
        throw new IllegalStateException(
            path
                + " is in the archive with another content than the topic has now; nothing was"
                + " changed. Compare the two, and move the file away if the topic is right");
      }
    }
  }
}
