package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.ReadingBatch;
import java.util.List;

/**
 * What one poll of one partition gave: the element of the source.
 *
 * @param readings the messages, those that are readings and the others
 * @param bytes size of the messages
 */
public record KafkaPoll(ReadingBatch readings, long bytes) {
  public KafkaPoll {
    requireNonNull(readings, "readings");
  }

  /** The messages that are no readings. */
  public List<DeadLetter> deadLetters() {
    return readings.rejected();
  }
}
