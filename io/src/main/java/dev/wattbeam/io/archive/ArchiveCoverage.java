package dev.wattbeam.io.archive;

import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.TopicReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.range.OffsetRange;

/** Whether an archive goes on to where its topic begins, so that both together have everything. */
public final class ArchiveCoverage {
  private ArchiveCoverage() {}

  /**
   * Compares the names in the archive with what the topic holds.
   *
   * @return one line per partition of which messages are in neither of both
   */
  public static List<String> check(KafkaConfig kafka, ArchiveConfig archive) {
    try (TopicReader reader = TopicReader.open(kafka)) {
      ArchiveIndex index = ArchiveIndex.read(archive, kafka.topic());
      List<String> problems = new ArrayList<>();
      for (Map.Entry<Integer, OffsetRange> held : reader.ranges().entrySet()) {
        long begin = held.getValue().getFrom();
        if (begin > 0 && !index.has(held.getKey(), begin - 1, begin)) {
          problems.add(
              String.format(
                  "Topic '%s' begins at offset %d of partition %d, and the archive %s does not have"
                      + " what was before: run ArchiveReadings, or mend --archive",
                  kafka.topic(), begin, held.getKey(), archive.root()));
        }
      }
      return problems;
    } catch (IOException e) {
      return List.of("The archive " + archive.root() + " cannot be read: " + e.getMessage());
    }
  }
}
