package dev.wattbeam.pipelines.publish;

import dev.wattbeam.model.DeadLetterCode;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What became of the rows: {@code rowsRead = rowsPublished + rowsMissing + rowsRejected}.
 *
 * @param rowsRead rows, without headers and blank lines
 * @param rowsPublished rows of which at least one reading was sent
 * @param rowsMissing rows in which every value is missing
 * @param rowsRejected rows that could not be read
 * @param readingsPublished messages that Kafka has acknowledged
 * @param rejected rejected rows per cause
 * @param meters names of the meters whose readings were sent
 * @param complete false when it was stopped before the end
 * @param seconds wall clock
 */
public record PublishSummary(
    long rowsRead,
    long rowsPublished,
    long rowsMissing,
    long rowsRejected,
    long readingsPublished,
    Map<DeadLetterCode, Long> rejected,
    SortedSet<String> meters,
    boolean complete,
    double seconds) {
  public PublishSummary {
    rejected = Map.copyOf(rejected);
    meters = Collections.unmodifiableSortedSet(new TreeSet<>(meters));
  }
}
