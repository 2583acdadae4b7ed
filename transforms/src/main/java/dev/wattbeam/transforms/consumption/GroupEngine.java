package dev.wattbeam.transforms.consumption;

import static dev.wattbeam.model.ConsumptionRow.OwnerKind.GROUP;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Adds up what the buckets of meters contribute to groups, without Beam. */
final class GroupEngine {
  private final MeterDirectory directory;
  private final Store<PeriodKey, GroupDay> days;
  private final Store<PeriodKey, Slots> months;

  GroupEngine(
      MeterDirectory directory, Store<PeriodKey, GroupDay> days, Store<PeriodKey, Slots> months) {
    this.directory = directory;
    this.days = days;
    this.months = months;
  }

  /** Takes in what one bucket contributes; the days touched are then dirty. */
  List<PeriodKey> add(GroupUpdate update) {
    Map<PeriodKey, GroupDay> changed = new HashMap<>();
    for (GroupUpdate.Part part : update.parts()) {
      PeriodKey key = new PeriodKey(part.group(), Intervals.day(part.interval()));
      GroupDay day = changed.computeIfAbsent(key, this::load);
      changed.put(key, day.with(update.bucket(), Intervals.slot(part.interval()), part.sum()));
    }
    changed.forEach(days::put);
    return List.copyOf(changed.keySet());
  }

  private GroupDay load(PeriodKey key) {
    GroupDay day = days.get(key);
    return day == null ? GroupDay.EMPTY : day;
  }

  /** Hands out every row of the dirty days that is not as it was last handed out. */
  void flush(Iterable<PeriodKey> dirty, Consumer<ConsumptionRow> out) {
    flush(dirty, List.of(), out);
  }

  /**
   * The same, but hands out the intervals of some parts although they are as they were.
   *
   * @param again the parts
   */
  void flush(
      Iterable<PeriodKey> dirty, List<GroupUpdate.Part> again, Consumer<ConsumptionRow> out) {
    Map<MeterChannel, TreeSet<Integer>> byGroup = new HashMap<>();
    for (PeriodKey key : dirty) {
      byGroup.computeIfAbsent(key.owner(), group -> new TreeSet<>()).add(key.number());
    }
    Map<MeterChannel, Set<Long>> intervals = new HashMap<>();
    for (GroupUpdate.Part part : again) {
      intervals.computeIfAbsent(part.group(), group -> new HashSet<>()).add(part.interval());
    }
    byGroup.forEach(
        (group, numbers) -> flush(group, numbers, intervals.getOrDefault(group, Set.of()), out));
  }

  private void flush(
      MeterChannel owner, TreeSet<Integer> numbers, Set<Long> again, Consumer<ConsumptionRow> out) {
    Map<Integer, GroupDay> loaded = new HashMap<>();
    List<Long> changed = new ArrayList<>();
    for (int number : numbers) {
      GroupDay day = load(new PeriodKey(owner, number));
      for (int slot = 0; slot < Intervals.PER_DAY; slot++) {
        Consumption sum = day.sum(slot);
        if (sum == null) {
          continue;
        }
        long interval = (long) number * Intervals.PER_DAY + slot;
        long demand = Energy.meanPower(sum.energyMj(), Intervals.MILLIS);
        Consumption result =
            new Consumption(
                sum.energyMj(),
                sum.coveredMillis(),
                expected(owner, interval),
                demand,
                demand,
                sum.samples(),
                0,
                sum.quality(),
                sum.revision());
        if (!result.equals(day.results().get(slot)) || again.contains(interval)) {
          day = day.withResult(slot, result);
          changed.add(interval);
        }
      }
      loaded.put(number, day);
      days.put(new PeriodKey(owner, number), day);
    }
    new Rollup(
            GROUP,
            owner,
            zone(owner),
            null,
            interval ->
                loaded
                    .computeIfAbsent(
                        Intervals.day(interval), number -> load(new PeriodKey(owner, number)))
                    .results()
                    .get(Intervals.slot(interval)),
            null,
            interval -> expected(owner, interval),
            months)
        .rows(changed, out);
  }

  /** Forgets the days before a UTC day, and the months that end before it. */
  void forgetBefore(int day) {
    Sweep.before(day, days);
    // A local month may begin or end a day earlier than in UTC.
    Sweep.before(Rollup.month(LocalDate.ofEpochDay(day - 1L)), months);
  }

  private long expected(MeterChannel owner, long interval) {
    return Intervals.MILLIS
        * directory.memberCount(owner.meter(), owner.channel(), Intervals.start(interval));
  }

  private ZoneId zone(MeterChannel owner) {
    Group group = directory.group(owner.meter());
    return group == null ? ZoneOffset.UTC : group.zone();
  }
}
