package dev.wattbeam.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * Snapshot of the meters and of the hierarchy above them, looked up by event time. Immutable.
 *
 * <p>An entry is found by the <b>start</b> of the interval (or the time of the reading) that it is
 * needed for, so a change of parents in the middle of an interval takes effect with the next one.
 */
public final class MeterDirectory {
  /** A directory without entries. */
  public static final MeterDirectory EMPTY = new MeterDirectory(List.of(), List.of(), List.of());

  private final Map<String, List<Meter>> meters = new HashMap<>();
  private final Map<String, Group> groups = new HashMap<>();
  private final Map<String, List<Membership>> parentsOfMeter = new HashMap<>();
  private final Map<String, List<Membership>> parentsOfGroup = new HashMap<>();
  private final Map<String, List<Membership>> children = new HashMap<>();
  private final Map<String, Timeline<List<String>>> groupsOfMeter = new ConcurrentHashMap<>();
  private final Map<MeterChannel, Timeline<Integer>> memberCounts = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException naming every membership of an unknown group and every circle
   */
  public MeterDirectory(List<Meter> meters, List<Group> groups, List<Membership> memberships) {
    for (Meter meter : meters) {
      this.meters.computeIfAbsent(meter.name(), name -> new ArrayList<>(1)).add(meter);
    }
    for (Group group : groups) {
      this.groups.put(group.name(), group);
    }
    List<String> errors = new ArrayList<>();
    for (Membership membership : memberships) {
      if (!this.groups.containsKey(membership.parent())) {
        errors.add(membership.child() + " belongs to the unknown group " + membership.parent());
      }
      (membership.childIsMeter() ? parentsOfMeter : parentsOfGroup)
          .computeIfAbsent(membership.child(), child -> new ArrayList<>(1))
          .add(membership);
      children.computeIfAbsent(membership.parent(), parent -> new ArrayList<>()).add(membership);
    }
    for (String group : this.groups.keySet()) {
      if (reaches(group, group, new LinkedHashSet<>())) {
        errors.add("group " + group + " is above itself");
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("Meter directory: " + String.join("; ", errors));
    }
  }

  private boolean reaches(String from, String target, Set<String> seen) {
    for (Membership up : parentsOfGroup.getOrDefault(from, List.of())) {
      if (up.parent().equals(target)
          || (seen.add(up.parent()) && reaches(up.parent(), target, seen))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a meter of this name was ever in service. */
  public boolean knows(String meter) {
    return meters.containsKey(meter);
  }

  /** The meter's entry at a moment, or null when it is unknown or not in service then. */
  public Meter meterAt(String meter, long millis) {
    List<Meter> versions = meters.get(meter);
    if (versions == null) {
      return null;
    }
    for (Meter version : versions) {
      if (version.validFromMillis() <= millis && millis < version.validToMillis()) {
        return version;
      }
    }
    return null;
  }

  /** Any entry of the meter, for where a zone is needed whatever the time; null when unknown. */
  public Meter anyVersion(String meter) {
    List<Meter> versions = meters.get(meter);
    return versions == null ? null : versions.get(0);
  }

  /** The group of this name, or null. */
  public Group group(String name) {
    return groups.get(name);
  }

  /** All groups above a meter at a moment, nearest first, each once. */
  public List<String> groupsOf(String meter, long millis) {
    if (!parentsOfMeter.containsKey(meter)) {
      return List.of();
    }
    return groupsOfMeter
        .computeIfAbsent(
            meter,
            name -> {
              TreeSet<Long> changes = new TreeSet<>();
              addChangesAbove(parentsOfMeter.get(name), changes);
              return Timeline.of(changes, at -> groupsAbove(name, at));
            })
        .at(millis);
  }

  /** All groups that are above a meter at any time. */
  public Set<String> everAbove(String meter) {
    Set<String> above = new TreeSet<>();
    collectEverAbove(parentsOfMeter.getOrDefault(meter, List.of()), above);
    return above;
  }

  private void collectEverAbove(List<Membership> memberships, Set<String> above) {
    for (Membership membership : memberships) {
      if (above.add(membership.parent())) {
        collectEverAbove(parentsOfGroup.getOrDefault(membership.parent(), List.of()), above);
      }
    }
  }

  /** All meters that are below a group at any time. */
  public Set<String> everBelow(String group) {
    Set<String> meters = new TreeSet<>();
    collectEverBelow(group, new HashSet<>(), meters);
    return meters;
  }

  private void collectEverBelow(String group, Set<String> seen, Set<String> meters) {
    if (!seen.add(group)) {
      return;
    }
    for (Membership membership : children.getOrDefault(group, List.of())) {
      if (membership.childIsMeter()) {
        meters.add(membership.child());
      } else {
        collectEverBelow(membership.child(), seen, meters);
      }
    }
  }

  private List<String> groupsAbove(String meter, long millis) {
    Set<String> above = new LinkedHashSet<>();
    collectAbove(parentsOfMeter.get(meter), millis, above);
    return List.copyOf(above);
  }

  private void collectAbove(List<Membership> memberships, long millis, Set<String> above) {
    for (Membership membership : memberships) {
      if (membership.validAt(millis) && above.add(membership.parent())) {
        collectAbove(parentsOfGroup.getOrDefault(membership.parent(), List.of()), millis, above);
      }
    }
  }

  private void addChangesAbove(List<Membership> memberships, Set<Long> changes) {
    for (Membership membership : memberships) {
      changes.add(membership.validFromMillis());
      changes.add(membership.validToMillis());
      addChangesAbove(parentsOfGroup.getOrDefault(membership.parent(), List.of()), changes);
    }
  }

  /**
   * How many meters with this channel are in service below a group at a moment: what its coverage
   * is counted against.
   */
  public int memberCount(String group, String channel, long millis) {
    return memberCounts
        .computeIfAbsent(
            new MeterChannel(group, channel),
            key -> {
              TreeSet<Long> changes = new TreeSet<>();
              addChangesBelow(group, changes);
              return Timeline.of(
                  changes,
                  at -> {
                    Set<String> found = new HashSet<>();
                    collectMeters(group, channel, at, found);
                    return found.size();
                  });
            })
        .at(millis);
  }

  private void collectMeters(String group, String channel, long millis, Set<String> found) {
    for (Membership membership : children.getOrDefault(group, List.of())) {
      if (membership.validAt(millis)) {
        if (membership.childIsMeter()) {
          Meter meter = meterAt(membership.child(), millis);
          if (meter != null && meter.channels().containsKey(channel)) {
            found.add(meter.name());
          }
        } else {
          collectMeters(membership.child(), channel, millis, found);
        }
      }
    }
  }

  private void addChangesBelow(String group, Set<Long> changes) {
    for (Membership membership : children.getOrDefault(group, List.of())) {
      changes.add(membership.validFromMillis());
      changes.add(membership.validToMillis());
      if (membership.childIsMeter()) {
        for (Meter meter : meters.getOrDefault(membership.child(), List.of())) {
          changes.add(meter.validFromMillis());
          changes.add(meter.validToMillis());
        }
      } else {
        addChangesBelow(membership.child(), changes);
      }
    }
  }

  /** A value that changes at known moments. */
  private record Timeline<T>(TreeMap<Long, T> values) {
    static <T> Timeline<T> of(Set<Long> changes, LongFunction<T> valueAt) {
      TreeMap<Long, T> values = new TreeMap<>();
      values.put(Long.MIN_VALUE, valueAt.apply(Long.MIN_VALUE));
      for (long change : changes) {
        values.put(change, valueAt.apply(change));
      }
      return new Timeline<>(values);
    }

    T at(long millis) {
      return values.floorEntry(millis).getValue();
    }
  }
}
