package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.ReadingBatch;
import java.util.List;

/**
 * What one poll of one partition gave: the element of the source, split into its two parts right
 * behind it.
 *
 * @param readings the messages that are readings; may be none
 * @param deadLetters the others
 * @param bytes size of the messages
 */
record KafkaPoll(ReadingBatch readings, List<DeadLetter> deadLetters, long bytes) {
  KafkaPoll {
    requireNonNull(readings, "readings");
    deadLetters = List.copyOf(deadLetters);
  }
}
