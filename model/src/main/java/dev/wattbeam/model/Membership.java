package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

/**
 * A meter or group belongs to a parent group for some time.
 *
 * @param childIsMeter whether the child is a meter, else it is a group
 * @param child name of the child
 * @param parent name of the parent group
 * @param validFromMillis inclusive, epoch milliseconds
 * @param validToMillis exclusive, epoch milliseconds
 */
public record Membership(
    boolean childIsMeter, String child, String parent, long validFromMillis, long validToMillis) {
  public Membership {
    requireNonNull(child, "child");
    requireNonNull(parent, "parent");
  }

  /** A meter that belongs to a group for ever. */
  public static Membership ofMeter(String meter, String group) {
    return new Membership(true, meter, group, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** A group that belongs to another for ever. */
  public static Membership ofGroup(String child, String parent) {
    return new Membership(false, child, parent, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  boolean validAt(long millis) {
    return validFromMillis <= millis && millis < validToMillis;
  }
}
