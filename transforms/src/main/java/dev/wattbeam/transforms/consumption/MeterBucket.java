package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that is kept about one bucket of meters; the maps may be changed. */
record MeterBucket(
    SortedMap<PeriodKey, MeterDay> days,
    SortedMap<MeterChannel, ChannelExtent> extents,
    SortedMap<PeriodKey, Slots> months,
    SortedMap<PeriodKey, Slots> groupSums) {
  static MeterBucket empty() {
    return new MeterBucket(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  MeterBucket copy() {
    return new MeterBucket(
        new TreeMap<>(days),
        new TreeMap<>(extents),
        new TreeMap<>(months),
        new TreeMap<>(groupSums));
  }

  /** Deterministic coder. */
  static final class MeterBucketCoder extends DeterministicCoder<MeterBucket> {
    private static final MeterBucketCoder INSTANCE = new MeterBucketCoder();
    private static final SortedMapCoder<PeriodKey, MeterDay> DAYS =
        new SortedMapCoder<>(new PeriodKey.PeriodKeyCoder(), new MeterDay.MeterDayCoder());
    private static final SortedMapCoder<MeterChannel, ChannelExtent> EXTENTS =
        new SortedMapCoder<>(MeterChannelCoder.of(), new ChannelExtent.ChannelExtentCoder());
    private static final SortedMapCoder<PeriodKey, Slots> SLOTS =
        new SortedMapCoder<>(new PeriodKey.PeriodKeyCoder(), Slots.SlotsCoder.of());

    private MeterBucketCoder() {}

    static MeterBucketCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(MeterBucket bucket, OutputStream out) throws IOException {
      DAYS.encode(bucket.days, out);
      EXTENTS.encode(bucket.extents, out);
      SLOTS.encode(bucket.months, out);
      SLOTS.encode(bucket.groupSums, out);
    }

    @Override
    public MeterBucket decode(InputStream in) throws IOException {
      return new MeterBucket(
          DAYS.decode(in), EXTENTS.decode(in), SLOTS.decode(in), SLOTS.decode(in));
    }
  }
}
