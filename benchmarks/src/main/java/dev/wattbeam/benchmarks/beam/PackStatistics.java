package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/**
 * Adds up the readings of a bundle per meter and period, and hands on one {@link StatisticBlock}
 * per bucket of meters.
 *
 * <p>The readings of a meter come almost in order, so one statistic per meter is open; a reading of
 * another period closes it. What is closed too soon is merged behind the shuffle.
 */
final class PackStatistics
    extends PTransform<PCollection<ReadingBatch>, PCollection<KV<Integer, byte[]>>> {
  /** Well above any parallelism, and few enough for large elements. */
  static final int BUCKETS = 64;

  private static final long serialVersionUID = 1;

  /** Meters of one group go to one bucket. */
  @FunctionalInterface
  interface GroupOf extends Serializable {
    int groupOf(String meter);
  }

  private final long periodMillis;
  private final GroupOf groups;

  private PackStatistics(long periodMillis, GroupOf groups) {
    this.periodMillis = periodMillis;
    this.groups = groups;
  }

  /** Statistics per meter and period of this length. */
  static PackStatistics of(long periodMillis, GroupOf groups) {
    return new PackStatistics(periodMillis, groups);
  }

  @Override
  public PCollection<KV<Integer, byte[]>> expand(PCollection<ReadingBatch> batches) {
    return batches
        .apply("Pack", ParDo.of(new PackFn(periodMillis, groups)))
        .setCoder(KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of()));
  }

  private static final class PackFn extends DoFn<ReadingBatch, KV<Integer, byte[]>> {
    private static final long serialVersionUID = 1;

    /** Bounds the memory of a bundle: in a bounded run that is all that a worker reads. */
    private static final int MAX_BYTES = 16 << 20;

    /** Bounds the memory of the meters that have been seen. */
    private static final int MAX_METERS = 1 << 20;

    private final long periodMillis;
    private final GroupOf groups;
    private transient Map<MeterChannel, Open> meters;
    private transient StatisticBlock.Writer[] blocks;
    private transient Instant earliest;

    PackFn(long periodMillis, GroupOf groups) {
      this.periodMillis = periodMillis;
      this.groups = groups;
    }

    /** A meter and its open statistic. */
    private static final class Open {
      final StatisticBlock.Slot slot;
      final int bucket;
      final Statistic statistic = new Statistic();
      long startMillis;

      Open(String meter, int bucket) {
        slot = new StatisticBlock.Slot(meter);
        this.bucket = bucket;
      }
    }

    @Setup
    public void setup() {
      meters = new HashMap<>();
    }

    @StartBundle
    public void startBundle() {
      // What a failed bundle left behind comes again.
      meters.values().forEach(open -> open.statistic.clear());
      blocks = new StatisticBlock.Writer[BUCKETS];
      earliest = null;
    }

    @ProcessElement
    public void process(
        @Element ReadingBatch batch,
        @Timestamp Instant timestamp,
        OutputReceiver<KV<Integer, byte[]>> out) {
      if (earliest == null || timestamp.isBefore(earliest)) {
        earliest = timestamp;
      }
      Open[] seen = new Open[batch.channelCount()];
      for (int i = 0; i < batch.size(); i++) {
        if (batch.type(i) != ReadingType.POWER || batch.local(i)) {
          continue;
        }
        int channel = batch.channelIndex(i);
        Open open = seen[channel];
        if (open == null) {
          open = open(batch.channelAt(channel));
          seen[channel] = open;
        }
        // The time is the end of the reading's span.
        long millis = batch.time(i) - 1;
        if (Long.compareUnsigned(millis - open.startMillis, periodMillis) >= 0
            || open.statistic.n == 0) {
          close(open);
          open.statistic.period = Math.floorDiv(millis, periodMillis);
          open.startMillis = open.statistic.period * periodMillis;
        }
        open.statistic.add(millis, batch.value(i));
      }
      if (size() > MAX_BYTES) {
        handOn((bucket, block) -> out.output(KV.of(bucket, block)));
      }
    }

    private Open open(MeterChannel channel) {
      Open open = meters.get(channel);
      if (open == null) {
        String meter = channel.meter();
        int hash = groups.groupOf(meter) * 0x9E3779B1;
        open = new Open(meter, Math.floorMod(hash ^ (hash >>> 16), BUCKETS));
        meters.put(channel, open);
      }
      return open;
    }

    private void close(Open open) {
      if (open.statistic.n > 0) {
        StatisticBlock.Writer block = blocks[open.bucket];
        if (block == null) {
          block = new StatisticBlock.Writer(periodMillis);
          blocks[open.bucket] = block;
        }
        block.add(open.slot, open.statistic);
        open.statistic.clear();
      }
    }

    private int size() {
      int size = 0;
      for (StatisticBlock.Writer block : blocks) {
        size += block == null ? 0 : block.size();
      }
      return size;
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      meters.values().forEach(this::close);
      handOn(
          (bucket, block) -> context.output(KV.of(bucket, block), earliest, GlobalWindow.INSTANCE));
      if (meters.size() > MAX_METERS) {
        meters.clear();
      }
    }

    private void handOn(BiConsumer<Integer, byte[]> out) {
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        if (blocks[bucket] != null) {
          out.accept(bucket, blocks[bucket].toBytes());
          blocks[bucket] = null;
        }
      }
    }
  }
}
