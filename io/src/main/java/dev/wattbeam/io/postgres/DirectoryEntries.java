package dev.wattbeam.io.postgres;

import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import java.util.List;

/**
 * The content of a meter directory, or a part of it, as lists.
 *
 * @param meters all versions of the meters, each with its type
 * @param groups nodes of the hierarchy
 * @param memberships who belongs to which group when
 */
public record DirectoryEntries(
    List<Meter> meters, List<Group> groups, List<Membership> memberships) {
  public DirectoryEntries {
    meters = List.copyOf(meters);
    groups = List.copyOf(groups);
    memberships = List.copyOf(memberships);
  }

  /** Meters without groups. */
  public static DirectoryEntries ofMeters(List<Meter> meters) {
    return new DirectoryEntries(meters, List.of(), List.of());
  }

  /**
   * For look-ups.
   *
   * @throws IllegalArgumentException naming each unknown group and each circle
   */
  public MeterDirectory toDirectory() {
    return new MeterDirectory(meters, groups, memberships);
  }
}
