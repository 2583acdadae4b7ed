package dev.wattbeam.pipelines.repair;

import dev.wattbeam.io.postgres.LateReadings.ToRepair;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Origin;
import dev.wattbeam.transforms.repair.TimeSpans;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What late readings touch, and what has to be read to compute that again.
 *
 * @param meterMonths whole local months of the touched meters
 * @param groupMonths whole local months of the groups above them
 * @param meters whose readings are needed: the touched ones, and all members of their groups
 * @param times when those readings are needed
 * @param closed the late readings whose months nobody but a repair changes any more
 * @param open the number of others
 * @param unknown the number of late readings whose meter is not in the directory; they touch
 *     nothing
 */
record RepairPlan(
    Map<String, TimeSpans> meterMonths,
    Map<String, TimeSpans> groupMonths,
    Set<String> meters,
    TimeSpans times,
    List<Origin> closed,
    int open,
    int unknown) {
  /** No reading changes a row, and no row looks at a reading, farther than four days away. */
  private static final long REACH = Duration.ofDays(5).toMillis();

  /** And a local time, which is not yet resolved where readings are selected, is 14 h off. */
  private static final long MARGIN = Duration.ofDays(6).toMillis();

  /**
   * Makes the plan.
   *
   * @param late by meter
   * @param closedBefore months that end before this moment are closed
   */
  static RepairPlan of(List<ToRepair> late, MeterDirectory directory, Instant closedBefore) {
    Map<String, TimeSpans.Builder> meterMonths = new HashMap<>();
    Map<String, TimeSpans.Builder> groupMonths = new HashMap<>();
    Map<String, Set<String>> groupsOf = new HashMap<>();
    List<Origin> closed = new ArrayList<>();
    int open = 0;
    int unknown = 0;
    for (ToRepair reading : late) {
      String name = reading.meter();
      Meter meter = meter(directory, reading);
      if (meter == null) {
        unknown++;
        continue;
      }
      long end = addMonths(meterMonths, name, meter.zone(), reading.timeMillis());
      for (String above : groupsOf.computeIfAbsent(name, directory::everAbove)) {
        Group group = directory.group(above);
        end = Math.max(end, addMonths(groupMonths, above, group.zone(), reading.timeMillis()));
      }
      if (end <= closedBefore.toEpochMilli()) {
        closed.add(reading.origin());
      } else {
        open++;
      }
    }

    Set<String> meters = new HashSet<>(meterMonths.keySet());
    groupMonths.keySet().forEach(group -> meters.addAll(directory.everBelow(group)));
    Map<String, TimeSpans> ofMeters = build(meterMonths);
    Map<String, TimeSpans> ofGroups = build(groupMonths);
    TimeSpans.Builder times = new TimeSpans.Builder();
    Set<TimeSpans> different = new HashSet<>(ofMeters.values());
    different.addAll(ofGroups.values());
    different.forEach(months -> times.add(months, MARGIN));
    return new RepairPlan(ofMeters, ofGroups, meters, times.build(), closed, open, unknown);
  }

  private static Meter meter(MeterDirectory directory, ToRepair reading) {
    Meter meter = directory.meterAt(reading.meter(), reading.timeMillis() - 1);
    return meter == null ? directory.anyVersion(reading.meter()) : meter;
  }

  /** Adds the months of an owner that a reading can change; returns the end of the last one. */
  private static long addMonths(
      Map<String, TimeSpans.Builder> months, String owner, ZoneId zone, long time) {
    YearMonth first = YearMonth.from(Instant.ofEpochMilli(time - REACH).atZone(zone));
    YearMonth last = YearMonth.from(Instant.ofEpochMilli(time + REACH).atZone(zone));
    long end = start(last.plusMonths(1), zone);
    months.computeIfAbsent(owner, name -> new TimeSpans.Builder()).add(start(first, zone), end);
    return end;
  }

  private static long start(YearMonth month, ZoneId zone) {
    return month.atDay(1).atStartOfDay(zone).toInstant().toEpochMilli();
  }

  private static Map<String, TimeSpans> build(Map<String, TimeSpans.Builder> builders) {
    Map<String, TimeSpans> built = new HashMap<>();
    builders.forEach((owner, spans) -> built.put(owner, spans.build()));
    return built;
  }

  boolean isEmpty() {
    return meterMonths.isEmpty();
  }

  @Override
  public String toString() {
    return String.format(
        "%d late readings (%d in months that are still open, they will be repaired again) touch %d"
            + " meters and %d groups; read are %d meters at %s",
        closed.size() + open, open, meterMonths.size(), groupMonths.size(), meters.size(), times);
  }
}
