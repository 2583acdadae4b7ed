package dev.wattbeam.io.postgres;

import java.time.OffsetDateTime;

/**
 * A place in the order in which {@code raw_readings} are sent.
 *
 * @param transaction that wrote the row
 * @param id of the row
 * @param time of the row; with the id its key
 */
public record CapturePosition(long transaction, long id, OffsetDateTime time) {
  /** The place before the first row that a transaction wrote. */
  static CapturePosition before(long transaction) {
    return new CapturePosition(transaction, Long.MIN_VALUE, OffsetDateTime.MIN);
  }
}
