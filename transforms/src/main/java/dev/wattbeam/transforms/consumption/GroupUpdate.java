package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionCoder;
import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.EncodedList;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.util.VarInt;

/**
 * What one bucket of meters contributes to some intervals of groups: sums over its members, not
 * differences, so that applying an update twice changes nothing.
 *
 * @param bucket the bucket of meters
 * @param parts the sums
 */
public record GroupUpdate(int bucket, List<Part> parts) {
  public GroupUpdate {
    parts = EncodedList.copyOf(parts, PartCoder.INSTANCE);
  }

  /**
   * Sum over the bucket's members of one group.
   *
   * @param group name of the group (as meter) and the channel
   * @param interval number of the interval since the epoch
   * @param sum energy, covered time, samples, quality and revision; the rest is zero
   */
  public record Part(MeterChannel group, long interval, Consumption sum) {}

  /** This update split by bucket of groups: all channels of one group go to one bucket. */
  public Map<Integer, GroupUpdate> byGroupBucket(int groupBuckets) {
    Map<Integer, List<Part>> split = new HashMap<>();
    for (Part part : parts) {
      int groupBucket = Math.floorMod(part.group().meter().hashCode(), groupBuckets);
      split.computeIfAbsent(groupBucket, key -> new ArrayList<>()).add(part);
    }
    Map<Integer, GroupUpdate> updates = new HashMap<>();
    split.forEach((key, list) -> updates.put(key, new GroupUpdate(bucket, list)));
    return updates;
  }

  /** Deterministic coder. */
  public static final class GroupUpdateCoder extends DeterministicCoder<GroupUpdate> {
    private static final GroupUpdateCoder INSTANCE = new GroupUpdateCoder();

    private GroupUpdateCoder() {}

    public static GroupUpdateCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(GroupUpdate update, OutputStream out) throws IOException {
      VarInt.encode(update.bucket, out);
      EncodedList.encode(update.parts, out);
    }

    @Override
    public GroupUpdate decode(InputStream in) throws IOException {
      return new GroupUpdate(VarInt.decodeInt(in), EncodedList.decode(PartCoder.INSTANCE, in));
    }
  }

  static final class PartCoder extends DeterministicCoder<Part> {
    static final PartCoder INSTANCE = new PartCoder();

    @Override
    public void encode(Part part, OutputStream out) throws IOException {
      MeterChannelCoder.of().encode(part.group, out);
      VarInt.encode(part.interval, out);
      ConsumptionCoder.of().encode(part.sum, out);
    }

    @Override
    public Part decode(InputStream in) throws IOException {
      return new Part(
          MeterChannelCoder.of().decode(in),
          VarInt.decodeLong(in),
          ConsumptionCoder.of().decode(in));
    }
  }
}
