package dev.wattbeam.oracle;

import dev.wattbeam.model.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Section "The set of readings of a channel": copies, conflicts, and the preferred readings. */
final class SequentialReadings {
  private static final Comparator<Reading> PREFERENCE =
      Comparator.comparingLong(Reading::sequence)
          .thenComparingInt(reading -> reading.quality().rank())
          .thenComparingLong(Reading::durationMillis)
          .thenComparingLong(Reading::value);

  /** By time: all that was said about that time, without exact copies. */
  private final SortedMap<Long, Set<Reading>> known = new TreeMap<>();

  private final List<Reading> preferred = new ArrayList<>();
  private final List<Reading> conflicts = new ArrayList<>();
  private final long duplicates;

  SequentialReadings(List<Reading> readings) {
    for (Reading reading : readings) {
      known.computeIfAbsent(reading.timeMillis(), time -> new LinkedHashSet<>()).add(reading);
    }
    for (Set<Reading> ofTime : known.values()) {
      List<Reading> best = new ArrayList<>();
      ofTime.stream()
          .sorted(PREFERENCE.reversed())
          .filter(reading -> best.stream().noneMatch(better -> isCopy(reading, better)))
          .forEach(best::add);
      preferred.add(best.get(0));
      conflicts.addAll(best.subList(1, best.size()));
    }
    duplicates = readings.size() - preferred.size() - conflicts.size();
  }

  private static boolean isCopy(Reading a, Reading b) {
    return a.value() == b.value() && a.durationMillis() == b.durationMillis();
  }

  /** One per time, in the order of time. */
  List<Reading> preferred() {
    return preferred;
  }

  List<Reading> conflicts() {
    return conflicts;
  }

  long duplicates() {
    return duplicates;
  }

  /** All readings of each time, without exact copies. */
  SortedMap<Long, Set<Reading>> known() {
    return known;
  }
}
