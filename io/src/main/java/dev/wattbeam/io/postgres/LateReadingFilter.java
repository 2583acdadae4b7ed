package dev.wattbeam.io.postgres;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Set;

/**
 * Which late readings are meant.
 *
 * @param source where they came from: a topic
 * @param meters empty for all
 * @param from earliest time of the reading, inclusive; null for all
 * @param to latest time of the reading, exclusive; null for all
 */
public record LateReadingFilter(String source, Set<String> meters, Instant from, Instant to) {
  public LateReadingFilter {
    requireNonNull(source, "source");
    meters = Set.copyOf(meters);
  }
}
