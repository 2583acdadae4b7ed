package dev.wattbeam.io.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was decided when the archive of a source began, in a file beside its days.
 *
 * @param topicId Kafka's identifier: a topic that is made anew counts its offsets from 0 again
 * @param blockMessages offsets of a block
 */
record ArchiveHeader(String topicId, long blockMessages) {
  private static final Pattern FORM =
      Pattern.compile("\\{\"topicId\":\"([^\"]+)\",\"blockMessages\":(\\d+)\\}\\s*");

  private static String path(String source) {
    return ArchiveFile.folder(source) + "_archive.json.gz";
  }

  /** Reads the header; writes it, when the archive begins with this. */
  ArchiveHeader readOrWrite(ArchiveStore store, String source) throws IOException {
    String path = path(source);
    if (!store.exists(path)) {
      byte[] text =
          String.format("{\"topicId\":\"%s\",\"blockMessages\":%d}\n", topicId, blockMessages)
              .getBytes(StandardCharsets.UTF_8);
      store.move(store.writeAside(source, out -> out.write(text)), path);
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (InputStream in = store.open(path)) {
      in.transferTo(read);
    }
    Matcher m = FORM.matcher(read.toString(StandardCharsets.UTF_8));
    if (!m.matches()) {
      throw new IOException(
          path
              + " of the archive is no header of a source: '"
              + read.toString(StandardCharsets.UTF_8)
              + "'");
    }
    return new ArchiveHeader(m.group(1), Long.parseLong(m.group(2)));
  }
}
