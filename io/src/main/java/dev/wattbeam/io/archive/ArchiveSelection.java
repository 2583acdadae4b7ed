package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.LocalDate;

/**
 * Which messages of the archive are read.
 *
 * @param source the topic
 * @param from first day of the Kafka timestamps, UTC
 * @param to last day, it belongs to them
 * @param maxMessageBytes longer messages become dead letters without a look inside
 */
public record ArchiveSelection(String source, LocalDate from, LocalDate to, int maxMessageBytes)
    implements Serializable {
  public ArchiveSelection {
    requireNonNull(source, "source");
    requireNonNull(from, "from");
    requireNonNull(to, "to");
  }

  /** Messages of any length. */
  public static ArchiveSelection of(String source, LocalDate from, LocalDate to) {
    return new ArchiveSelection(source, from, to, Integer.MAX_VALUE);
  }

  boolean has(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(to);
  }
}
