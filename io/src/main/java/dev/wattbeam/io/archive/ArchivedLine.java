package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

/**
 * A message as the archive keeps it.
 *
 * @param topic where it was received
 * @param timestampMillis Kafka's
 * @param json the line: key, value and headers, nothing left out
 */
public record ArchivedLine(
    String topic, int partition, long offset, long timestampMillis, String json) {
  public ArchivedLine {
    requireNonNull(topic, "topic");
    requireNonNull(json, "json");
  }
}
