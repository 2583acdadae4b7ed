package dev.wattbeam.transforms.consumption;

import static dev.wattbeam.model.ConsumptionRow.OwnerKind.METER;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The whole computation for one bucket of meters, without Beam: takes readings in, keeps sets of
 * them per day, and on {@link #flush} hands out every row that is not as it was last handed out.
 */
final class MeterEngine {
  /**
   * Days that are kept behind the oldest day that readings are accepted for: one may come 26 h
   * later than that (a local time counts as 14 h earlier for the clock of its partition, wherever
   * the zone is), stand for 25 h, and lie in a local day that begins earlier still.
   */
  private static final int SPARE_DAYS = 3;

  /** Days after which nothing matters any more: there, and back to the readings that decide. */
  private static final int MOST_SPARE_DAYS =
      SPARE_DAYS - 1 + (int) (2 * Neighbourhood.REACH_MILLIS / Intervals.DAY_MILLIS);

  /** Marks the register that a channel's sums are checked against. */
  private static final String CHECK_SUFFIX = "-register";

  private final int bucket;
  private final MeterDirectory directory;
  private final long allowedLatenessMillis;
  private final Store<PeriodKey, MeterDay> days;
  private final Store<MeterChannel, ChannelExtent> extents;
  private final Store<PeriodKey, Slots> months;
  private final Store<PeriodKey, Slots> groupSums;

  /**
   * An engine over the state of one bucket.
   *
   * @param allowedLatenessMillis decides how long readings are kept; {@link Long#MAX_VALUE} for
   *     ever
   * @param groupSums sums over this bucket's members of each group, by UTC day
   */
  MeterEngine(
      int bucket,
      MeterDirectory directory,
      long allowedLatenessMillis,
      Store<PeriodKey, MeterDay> days,
      Store<MeterChannel, ChannelExtent> extents,
      Store<PeriodKey, Slots> months,
      Store<PeriodKey, Slots> groupSums) {
    this.bucket = bucket;
    this.directory = directory;
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.days = days;
    this.extents = extents;
    this.months = months;
    this.groupSums = groupSums;
  }

  /** Where the results of a flush go. */
  interface Output {
    void row(ConsumptionRow row);

    /** The newest reading of a channel. */
    void latest(Reading reading);

    /** What the bucket contributes to groups: for {@link GroupEngine}. */
    void groups(GroupUpdate update);
  }

  /** Adds the readings of one channel; says in {@code merge} what was new. */
  DirtyRange add(MeterChannel channel, ReadingSet readings, ReadingSet.Merge merge) {
    Meter meter = meter(channel, readings.lastTime());
    ChannelExtent extent = extents.get(channel);
    long earliest = readings.firstTime();
    int from = 0;
    while (from < readings.size()) {
      int day = Intervals.closingDay(readings.time(from));
      int to = readings.firstAfter(Intervals.dayEnd(day));
      ReadingSet part = readings.slice(from, to);
      PeriodKey key = new PeriodKey(channel, day);
      MeterDay before = days.get(key);
      days.put(key, (before == null ? MeterDay.EMPTY : before).union(part, merge));
      int month =
          Rollup.month(Intervals.localDate(Intervals.closing(part.firstTime()), meter.zone()));
      extent = ChannelExtent.widen(extent, day, part.lastTime(), month);
      for (int i = 0; i < part.size(); i++) {
        earliest = Math.min(earliest, part.time(i) - length(part.duration(i), meter));
      }
      from = to;
    }
    extents.put(channel, extent);
    return new DirtyRange(channel, earliest, readings.firstTime(), readings.lastTime());
  }

  private static long length(long duration, Meter meter) {
    return duration > 0 ? duration : meter.type().nominalPeriodMillis();
  }

  private Meter meter(MeterChannel channel, long timeMillis) {
    Meter meter = directory.meterAt(channel.meter(), timeMillis - 1);
    if (meter == null) {
      meter = directory.anyVersion(channel.meter());
    }
    if (meter == null) {
      throw new IllegalStateException(
          "Meter \""
              + channel.meter()
              + "\" has left the meter directory: set its end of service "
              + "instead of deleting it");
    }
    return meter;
  }

  /** Computes everything that the dirty ranges may have changed. */
  void flush(Iterable<DirtyRange> dirty, Output out) {
    flush(dirty, Set.of(), out);
  }

  /**
   * The same, but hands out what the dirty ranges reach although it is as it was.
   *
   * @param again the channels for which it does
   */
  void flush(Iterable<DirtyRange> dirty, Set<MeterChannel> again, Output out) {
    Map<MeterChannel, List<DirtyRange>> byChannel = new LinkedHashMap<>();
    for (DirtyRange range : dirty) {
      byChannel.computeIfAbsent(range.channel(), key -> new ArrayList<>()).add(range);
    }
    Map<MeterChannel, Map<Long, Consumption>> groupChanges = new LinkedHashMap<>();
    byChannel.forEach(
        (channel, ranges) -> {
          for (DirtyRange range : joined(channel, ranges)) {
            recompute(range, again.contains(channel), groupChanges, out);
          }
          evict(channel);
        });
    if (!groupChanges.isEmpty()) {
      out.groups(groupUpdate(groupChanges));
    }
  }

  /** Ranges less than a day apart become one. */
  private static List<DirtyRange> joined(MeterChannel channel, List<DirtyRange> ranges) {
    ranges.sort(Comparator.comparingLong(DirtyRange::firstMillis));
    List<DirtyRange> joined = new ArrayList<>();
    DirtyRange current = ranges.get(0);
    for (DirtyRange next : ranges.subList(1, ranges.size())) {
      if (next.startMillis() <= current.lastMillis() + Intervals.DAY_MILLIS) {
        current =
            new DirtyRange(
                channel,
                Math.min(current.startMillis(), next.startMillis()),
                current.firstMillis(),
                Math.max(current.lastMillis(), next.lastMillis()));
      } else {
        joined.add(current);
        current = next;
      }
    }
    joined.add(current);
    return joined;
  }

  private void recompute(
      DirtyRange range,
      boolean again,
      Map<MeterChannel, Map<Long, Consumption>> groupChanges,
      Output out) {
    MeterChannel channel = range.channel();
    Meter meter = meter(channel, range.lastMillis());
    ReadingType type = meter.channels().getOrDefault(channel.channel(), ReadingType.POWER);
    int reach = type == ReadingType.REGISTER ? Registers.REACH : Spans.REACH;
    ChannelExtent extent = extents.get(channel);
    DayCache cache = new DayCache(channel);

    Neighbourhood around = new Neighbourhood(range, extent, reach, cache::day);
    Readings readings = around.readings(meter.type().nominalPeriodMillis());
    long firstInterval = around.firstInterval();
    Consumption[] before = new Consumption[around.count()];
    for (int i = 0; i < before.length; i++) {
      before[i] = cache.interval(firstInterval + i);
    }
    Spans spans = Spans.of(type, meter.type(), meter.zone(), readings);
    Consumption[] results =
        IntervalCalculator.calculate(type, readings, spans, firstInterval, before);
    List<Long> changed = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      if (!Objects.equals(before[i], results[i]) || (again && results[i] != null)) {
        changed.add(firstInterval + i);
        addToGroups(channel, firstInterval + i, before[i], results[i], groupChanges);
      }
    }
    if (changed.isEmpty()) {
      return;
    }
    cache.replace(firstInterval, results);
    rollup(meter, channel, cache, registerBeside(meter, channel)).rows(changed, out::row);
    MeterChannel checked = checkedBy(meter, channel);
    if (checked != null) {
      rollup(meter, checked, new DayCache(checked), cache).dayAndMonthRows(changed, out::row);
    }
    if (range.lastMillis() == extent.newestMillis()) {
      int last = readings.size - 1;
      out.latest(
          new Reading(
              channel.meter(),
              channel.channel(),
              type,
              readings.time[last],
              readings.value[last],
              readings.duration[last],
              readings.lastSequence,
              readings.quality[last]));
    }
    cache.store();
  }

  private Rollup rollup(Meter meter, MeterChannel channel, DayCache own, DayCache check) {
    return new Rollup(
        METER,
        channel,
        meter.zone(),
        meter.type().rules(),
        own::interval,
        check == null ? null : check::interval,
        interval -> Intervals.MILLIS,
        months);
  }

  /** The days of the register {@code x-register} that counts the same as channel {@code x}. */
  private DayCache registerBeside(Meter meter, MeterChannel channel) {
    String register = channel.channel() + CHECK_SUFFIX;
    return meter.channels().get(register) == ReadingType.REGISTER
        ? new DayCache(new MeterChannel(channel.meter(), register))
        : null;
  }

  /** The channel whose sums this register checks, or null. */
  private static MeterChannel checkedBy(Meter meter, MeterChannel register) {
    if (!register.channel().endsWith(CHECK_SUFFIX)
        || meter.channels().get(register.channel()) != ReadingType.REGISTER) {
      return null;
    }
    String checked =
        register.channel().substring(0, register.channel().length() - CHECK_SUFFIX.length());
    return meter.channels().containsKey(checked)
        ? new MeterChannel(register.meter(), checked)
        : null;
  }

  private void addToGroups(
      MeterChannel channel,
      long interval,
      Consumption before,
      Consumption after,
      Map<MeterChannel, Map<Long, Consumption>> changes) {
    for (String group : directory.groupsOf(channel.meter(), Intervals.start(interval))) {
      MeterChannel key = new MeterChannel(group, channel.channel());
      changes
          .computeIfAbsent(key, unused -> new HashMap<>())
          .merge(interval, difference(before, after), MeterEngine::plus);
    }
  }

  private static Consumption difference(Consumption before, Consumption after) {
    Consumption sum = plus(NOTHING, after);
    return before == null
        ? sum
        : new Consumption(
            sum.energyMj() - before.energyMj(),
            sum.coveredMillis() - before.coveredMillis(),
            0,
            0,
            0,
            sum.samples() - before.samples(),
            0,
            sum.quality().minus(before.quality()),
            sum.revision() - before.revision());
  }

  private static final Consumption NOTHING =
      new Consumption(0, 0, 0, 0, 0, 0, 0, QualityMix.NONE, 0);

  /** Sum of what adds up across meters: energy, covered time, samples, quality and revision. */
  static Consumption plus(Consumption a, Consumption b) {
    return new Consumption(
        Energy.plus(a.energyMj(), b.energyMj()),
        a.coveredMillis() + b.coveredMillis(),
        0,
        0,
        0,
        a.samples() + b.samples(),
        0,
        a.quality().plus(b.quality()),
        a.revision() + b.revision());
  }

  private GroupUpdate groupUpdate(Map<MeterChannel, Map<Long, Consumption>> changes) {
    List<GroupUpdate.Part> parts = new ArrayList<>();
    changes.forEach(
        (group, intervals) -> {
          Map<Integer, Slots> touched = new HashMap<>();
          intervals.forEach(
              (interval, change) -> {
                int day = Intervals.day(interval);
                int slot = Intervals.slot(interval);
                Slots sums =
                    touched.computeIfAbsent(
                        day,
                        key -> {
                          Slots known = groupSums.get(new PeriodKey(group, key));
                          return known == null ? Slots.empty(Intervals.PER_DAY) : known;
                        });
                Consumption known = sums.get(slot);
                Consumption sum = known == null ? change : plus(known, change);
                touched.put(day, sums.with(slot, sum));
                parts.add(new GroupUpdate.Part(group, interval, sum));
              });
          touched.forEach((day, sums) -> groupSums.put(new PeriodKey(group, day), sums));
        });
    return new GroupUpdate(bucket, parts);
  }

  /** Forgets days and months that no accepted reading can change any more. */
  private void evict(MeterChannel channel) {
    if (allowedLatenessMillis == Long.MAX_VALUE) {
      return;
    }
    ChannelExtent extent = extents.get(channel);
    int oldestOpen = Intervals.closingDay(extent.newestMillis() - allowedLatenessMillis);
    int firstDay = extent.firstDay();
    Meter meter = meter(channel, extent.newestMillis());
    // What is compared with another channel stays until nothing can change the other one there.
    boolean compared = registerBeside(meter, channel) != null || checkedBy(meter, channel) != null;
    while (firstDay < oldestOpen - SPARE_DAYS
        && (firstDay < oldestOpen - MOST_SPARE_DAYS
            || (!compared && enoughAfter(channel, firstDay, oldestOpen)))) {
      days.remove(new PeriodKey(channel, firstDay));
      firstDay++;
    }
    int firstMonth = extent.firstMonth();
    int oldestMonth =
        Rollup.month(
            Intervals.localDate(
                Intervals.closing(Intervals.dayEnd(firstDay) - 31 * Intervals.DAY_MILLIS),
                meter.zone()));
    while (firstMonth < oldestMonth) {
      months.remove(new PeriodKey(channel, firstMonth));
      firstMonth++;
    }
    if (firstDay != extent.firstDay() || firstMonth != extent.firstMonth()) {
      extents.put(
          channel,
          new ChannelExtent(
              firstDay, Math.max(firstDay, extent.lastDay()), extent.newestMillis(), firstMonth));
    }
  }

  /**
   * Whether enough readings stay as neighbours of the oldest ones that can still change. They count
   * from a day later on: the local day of their rows may begin in the UTC day before.
   */
  private boolean enoughAfter(MeterChannel channel, int day, int oldestOpen) {
    int count = 0;
    for (int next = day + 2; next < oldestOpen - SPARE_DAYS; next++) {
      MeterDay kept = days.get(new PeriodKey(channel, next));
      count += kept == null ? 0 : kept.times();
      if (count > 2 * Registers.REACH) {
        return true;
      }
    }
    return false;
  }

  /** Forgets the sums of groups before a UTC day. */
  void forgetGroupsBefore(int day) {
    Sweep.before(day, groupSums);
  }

  /** The days of one channel, read once and written back together. */
  private final class DayCache {
    private final MeterChannel channel;
    private final Map<Integer, MeterDay> loaded = new HashMap<>();
    private final Map<Integer, MeterDay> changed = new HashMap<>();
    private int recentNumber = Integer.MIN_VALUE;
    private MeterDay recent;

    DayCache(MeterChannel channel) {
      this.channel = channel;
    }

    MeterDay day(int number) {
      if (number == recentNumber) {
        return recent;
      }
      MeterDay day = loaded.get(number);
      if (day == null) {
        day = days.get(new PeriodKey(channel, number));
        day = day == null ? MeterDay.EMPTY : day;
        loaded.put(number, day);
      }
      recentNumber = number;
      recent = day;
      return day;
    }

    Consumption interval(long interval) {
      return day(Intervals.day(interval)).results().get(Intervals.slot(interval));
    }

    void replace(long first, Consumption[] results) {
      int from = 0;
      while (from < results.length) {
        long interval = first + from;
        int number = Intervals.day(interval);
        int slot = Intervals.slot(interval);
        int count = Math.min(results.length - from, Intervals.PER_DAY - slot);
        MeterDay day = day(number);
        MeterDay replaced = day.withResults(day.results().withAll(slot, results, from, count));
        if (!replaced.equals(day)) {
          loaded.put(number, replaced);
          changed.put(number, replaced);
        }
        recentNumber = Integer.MIN_VALUE;
        from += count;
      }
    }

    void store() {
      changed.forEach((number, day) -> days.put(new PeriodKey(channel, number), day));
    }
  }
}
