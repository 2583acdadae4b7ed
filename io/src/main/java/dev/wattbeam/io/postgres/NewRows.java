package dev.wattbeam.io.postgres;

import java.util.HashMap;
import java.util.Map;

/**
 * Guesses whether the next rows of a table are all new, as those of a first run over some time are:
 * then a plain COPY does. Where that failed, the next rows replace others, too, most likely, and a
 * COPY that fails costs something; it is tried again after a while.
 */
final class NewRows {
  /** So that what fails in vain is a small part of the work. */
  private static final int FLUSHES_BETWEEN_TRIES = 50;

  private final Map<String, Integer> flushesToWait = new HashMap<>();

  synchronized boolean expectedIn(String table) {
    int wait = flushesToWait.getOrDefault(table, 0);
    if (wait > 0) {
      flushesToWait.put(table, wait - 1);
    }
    return wait == 0;
  }

  synchronized void foundOthersIn(String table) {
    flushesToWait.put(table, FLUSHES_BETWEEN_TRIES);
  }
}
