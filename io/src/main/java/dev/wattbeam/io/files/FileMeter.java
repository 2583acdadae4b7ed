package dev.wattbeam.io.files;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.MeterType;
import java.time.ZoneId;

/** What a file says of one of its meters: its kind, and the zone of its days and months. */
public record FileMeter(MeterType type, ZoneId zone) {
  public FileMeter {
    requireNonNull(type, "type");
    requireNonNull(zone, "zone");
  }
}
