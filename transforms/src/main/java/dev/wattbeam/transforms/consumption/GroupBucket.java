package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that is kept about one bucket of groups; the maps may be changed. */
record GroupBucket(SortedMap<PeriodKey, GroupDay> days, SortedMap<PeriodKey, Slots> months) {
  static GroupBucket empty() {
    return new GroupBucket(new TreeMap<>(), new TreeMap<>());
  }

  GroupBucket copy() {
    return new GroupBucket(new TreeMap<>(days), new TreeMap<>(months));
  }

  /** Deterministic coder. */
  static final class GroupBucketCoder extends DeterministicCoder<GroupBucket> {
    private static final GroupBucketCoder INSTANCE = new GroupBucketCoder();
    private static final SortedMapCoder<PeriodKey, GroupDay> DAYS =
        new SortedMapCoder<>(new PeriodKey.PeriodKeyCoder(), new GroupDay.GroupDayCoder());
    private static final SortedMapCoder<PeriodKey, Slots> MONTHS =
        new SortedMapCoder<>(new PeriodKey.PeriodKeyCoder(), Slots.SlotsCoder.of());

    private GroupBucketCoder() {}

    static GroupBucketCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(GroupBucket bucket, OutputStream out) throws IOException {
      DAYS.encode(bucket.days, out);
      MONTHS.encode(bucket.months, out);
    }

    @Override
    public GroupBucket decode(InputStream in) throws IOException {
      return new GroupBucket(DAYS.decode(in), MONTHS.decode(in));
    }
  }
}
