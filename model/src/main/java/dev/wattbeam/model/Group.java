package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import java.time.ZoneId;

/**
 * A node of the hierarchy above the meters: household or plant, site, feeder, region.
 *
 * @param name unique name
 * @param kind such as {@code feeder}
 * @param zone time zone of its days and months
 */
public record Group(String name, String kind, ZoneId zone) {
  public Group {
    requireNonNull(name, "name");
    requireNonNull(kind, "kind");
    requireNonNull(zone, "zone");
  }
}
