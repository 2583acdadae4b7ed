package dev.wattbeam.transforms.consumption;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.MeterDirectory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What {@link AggregateGroups} does with one bucket of groups, in plain Java with its state in
 * memory. Not thread-safe.
 */
public final class GroupsInMemory {
  private final GroupEngine engine;
  private final Set<PeriodKey> dirty = new HashSet<>();

  /** A bucket to which nothing has been contributed. */
  public GroupsInMemory(MeterDirectory directory) {
    engine =
        new GroupEngine(
            requireNonNull(directory, "directory"),
            new MemoryStore<>(new HashMap<>()),
            new MemoryStore<>(new HashMap<>()));
  }

  /** Takes in what one bucket of meters contributes. */
  public void add(GroupUpdate update) {
    dirty.addAll(engine.add(update));
  }

  /** Hands out every row that the updates since the last flush have changed. */
  public void flush(Consumer<ConsumptionRow> out) {
    engine.flush(dirty, out);
    dirty.clear();
  }
}
