package dev.wattbeam.io.postgres;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetterCode;
import java.time.Instant;
import java.util.Set;

/**
 * Which dead letters are meant.
 *
 * @param source where they came from: a topic
 * @param codes empty for all
 * @param pipeline null for all
 * @param step null for all
 * @param from earliest time of receipt, inclusive; null for all
 * @param to latest time of receipt, exclusive; null for all
 */
public record DeadLetterFilter(
    String source,
    Set<DeadLetterCode> codes,
    String pipeline,
    String step,
    Instant from,
    Instant to) {
  public DeadLetterFilter {
    requireNonNull(source, "source");
    codes = Set.copyOf(codes);
  }
}
