package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Reading;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Both engines with their state in memory, and the table that a store would hold: the newest
 * revision of each row.
 */
final class InMemory {
  private final MeterEngine meters;
  private final GroupEngine groups;
  private final List<DirtyRange> dirty = new ArrayList<>();
  private final List<PeriodKey> dirtyGroups = new ArrayList<>();
  final SortedMap<RowKey, ConsumptionRow> table = new TreeMap<>();
  final SortedMap<MeterChannel, Reading> latest = new TreeMap<>();
  final Map<PeriodKey, MeterDay> days = new HashMap<>();
  long accepted;
  long duplicates;
  long conflicts;
  long rowsHandedOut;

  InMemory(MeterDirectory directory, long allowedLatenessMillis) {
    meters =
        new MeterEngine(
            0,
            directory,
            allowedLatenessMillis,
            new MemoryStore<>(days),
            new MemoryStore<>(new HashMap<>()),
            new MemoryStore<>(new HashMap<>()),
            new MemoryStore<>(new HashMap<>()));
    groups =
        new GroupEngine(
            directory, new MemoryStore<>(new HashMap<>()), new MemoryStore<>(new HashMap<>()));
  }

  /** One bundle of good readings. */
  void add(List<Reading> readings) {
    Map<MeterChannel, ReadingSet.Builder> sets = new TreeMap<>();
    for (Reading reading : readings) {
      sets.computeIfAbsent(reading.meterChannel(), key -> new ReadingSet.Builder())
          .add(
              reading.timeMillis(),
              reading.value(),
              reading.durationMillis(),
              reading.sequence(),
              reading.quality());
    }
    sets.forEach(
        (channel, builder) -> {
          ReadingSet.Merge merge = new ReadingSet.Merge();
          dirty.add(meters.add(channel, builder.build(), merge));
          accepted += merge.accepted();
          duplicates += builder.duplicates() + merge.duplicates();
          conflicts += merge.conflicts();
        });
  }

  /** What the steps do once a day, when the watermark has come here. */
  void sweep(long watermark, long allowedLatenessMillis) {
    int firstKept = Sweep.firstKept(watermark, allowedLatenessMillis);
    meters.forgetGroupsBefore(firstKept);
    groups.forgetBefore(firstKept);
  }

  void flush() {
    flush(Set.of());
  }

  /** As on Spark in streaming, where an attempt before may have left its state and no rows. */
  void flushAgain() {
    Set<MeterChannel> again = new HashSet<>();
    dirty.forEach(range -> again.add(range.channel()));
    flush(again);
  }

  private void flush(Set<MeterChannel> again) {
    List<GroupUpdate.Part> parts = new ArrayList<>();
    meters.flush(
        dirty,
        again,
        new MeterEngine.Output() {
          @Override
          public void row(ConsumptionRow row) {
            store(row);
          }

          @Override
          public void latest(Reading reading) {
            latest.put(reading.meterChannel(), reading);
          }

          @Override
          public void groups(GroupUpdate update) {
            dirtyGroups.addAll(groups.add(update));
            if (!again.isEmpty()) {
              parts.addAll(update.parts());
            }
          }
        });
    dirty.clear();
    groups.flush(dirtyGroups, parts, this::store);
    dirtyGroups.clear();
  }

  private void store(ConsumptionRow row) {
    rowsHandedOut++;
    ConsumptionRow before = table.put(RowKey.of(row), row);
    if (before != null && before.consumption().revision() > row.consumption().revision()) {
      throw new AssertionError("The revision falls: " + before + " -> " + row);
    }
    if (before != null
        && before.consumption().revision() == row.consumption().revision()
        && !before.consumption().sameContent(row.consumption())) {
      throw new AssertionError("Another content with one revision: " + before + " -> " + row);
    }
  }
}
