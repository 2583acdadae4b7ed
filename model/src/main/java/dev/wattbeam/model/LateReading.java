package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * A good reading that came after the allowed lateness, kept aside for the repair pipeline.
 *
 * @param reading the reading
 * @param origin where it came from
 * @param latenessMillis how far it was behind the newest reading of its partition
 */
@DefaultCoder(LateReadingCoder.class)
public record LateReading(Reading reading, Origin origin, long latenessMillis) {
  public LateReading {
    requireNonNull(reading, "reading");
    requireNonNull(origin, "origin");
  }
}
