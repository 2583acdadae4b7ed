package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

/**
 * Where a record came from: a Kafka topic, partition and offset, or a file (or table), 0 and the
 * row number. Unique per record, so it serves as the key of what is stored about the record.
 */
public record Origin(String source, int partition, long position) {
  public Origin {
    requireNonNull(source, "source");
  }
}
