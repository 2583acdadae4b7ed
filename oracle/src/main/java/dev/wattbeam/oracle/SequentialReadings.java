package dev.wattbeam.oracle;

import dev.wattbeam.model.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Section "The set of readings of a channel": copies, conflicts, and the preferred readings. */
final class SequentialReadings {
  private static final Comparator<Reading> PREFERENCE =
      Comparator.comparingLong(Reading::sequence)
          .thenComparingInt(reading -> reading.quality().rank())
          .thenComparingLong(Reading::durationMillis)
          .thenComparingLong(Reading::value);

  /** By time: the different readings of that time, copies merged. */
  private final SortedMap<Long, List<Reading>> different = new TreeMap<>();

  private final List<Reading> preferred = new ArrayList<>();
  private final List<Reading> conflicts = new ArrayList<>();
  private long duplicates;

  SequentialReadings(List<Reading> readings) {
    readings.forEach(this::add);
    for (List<Reading> rivals : different.values()) {
      Reading best = rivals.stream().max(PREFERENCE).orElseThrow();
      preferred.add(best);
      rivals.stream().filter(rival -> rival != best).forEach(conflicts::add);
    }
  }

  private void add(Reading reading) {
    List<Reading> rivals =
        different.computeIfAbsent(reading.timeMillis(), time -> new ArrayList<>());
    for (int i = 0; i < rivals.size(); i++) {
      Reading known = rivals.get(i);
      if (known.value() == reading.value() && known.durationMillis() == reading.durationMillis()) {
        duplicates++;
        rivals.set(
            i,
            new Reading(
                known.meter(),
                known.channel(),
                known.type(),
                known.timeMillis(),
                known.value(),
                known.durationMillis(),
                Math.max(known.sequence(), reading.sequence()),
                Exact.better(known.quality(), reading.quality())));
        return;
      }
    }
    rivals.add(reading);
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

  /** The different readings of each time, preferred or not. */
  SortedMap<Long, List<Reading>> different() {
    return different;
  }
}
