package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.util.VarInt;

/**
 * State of one channel of a group and UTC day: what each bucket of meters contributes, and the
 * intervals as they were last handed on. Immutable.
 *
 * @param parts sums by bucket
 * @param results the intervals of the day
 */
record GroupDay(Map<Integer, Slots> parts, Slots results) {
  static final GroupDay EMPTY = new GroupDay(Map.of(), Slots.empty(Intervals.PER_DAY));

  GroupDay {
    parts = Map.copyOf(parts);
  }

  /** This day with a bucket's newer sum for one interval; an older one changes nothing. */
  GroupDay with(int bucket, int slot, Consumption sum) {
    Slots known = parts.getOrDefault(bucket, Slots.empty(Intervals.PER_DAY));
    if (known.get(slot) != null && known.get(slot).revision() > sum.revision()) {
      return this;
    }
    Map<Integer, Slots> changed = new TreeMap<>(parts);
    changed.put(bucket, known.with(slot, sum));
    return new GroupDay(changed, results);
  }

  GroupDay withResult(int slot, Consumption result) {
    return new GroupDay(parts, results.with(slot, result));
  }

  /** Sum over all buckets for one interval, or null. */
  Consumption sum(int slot) {
    Consumption sum = null;
    for (Slots part : parts.values()) {
      Consumption of = part.get(slot);
      if (of != null) {
        sum = sum == null ? of : MeterEngine.plus(sum, of);
      }
    }
    return sum;
  }

  /** Deterministic coder. */
  static final class GroupDayCoder extends DeterministicCoder<GroupDay> {
    @Override
    public void encode(GroupDay day, OutputStream out) throws IOException {
      VarInt.encode(day.parts.size(), out);
      for (Map.Entry<Integer, Slots> part : new TreeMap<>(day.parts).entrySet()) {
        VarInt.encode(part.getKey(), out);
        Slots.SlotsCoder.of().encode(part.getValue(), out);
      }
      Slots.SlotsCoder.of().encode(day.results, out);
    }

    @Override
    public GroupDay decode(InputStream in) throws IOException {
      int size = VarInt.decodeInt(in);
      Map<Integer, Slots> parts = new TreeMap<>();
      for (int i = 0; i < size; i++) {
        parts.put(VarInt.decodeInt(in), Slots.SlotsCoder.of().decode(in));
      }
      return new GroupDay(parts, Slots.SlotsCoder.of().decode(in));
    }
  }
}
