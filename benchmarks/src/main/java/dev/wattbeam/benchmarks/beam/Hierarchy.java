package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.UpsertBuffer;
import dev.wattbeam.io.postgres.UpsertTable;
import dev.wattbeam.io.postgres.WriteRows;
import dev.wattbeam.model.ReadingBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Per minute the last value of each meter, summed over the meters of each node of a tree of four
 * levels, in which ten children have one parent.
 *
 * <p>Two shuffles: by lowest node, since its meters are in all partitions, and its sums by minute,
 * since the upper nodes are few.
 */
final class Hierarchy extends PTransform<PCollection<ReadingBatch>, PDone> {
  private static final long serialVersionUID = 1;
  private static final long MINUTE_MILLIS = 60_000;
  private static final int CHILDREN = 10;
  private static final int LEVELS = 4;

  /** What the meters of a node had in a minute. */
  private record Sum(int node, long minute, int n, long value) {}

  private static final Comparator<Sum> BY_NODE_AND_MINUTE =
      Comparator.comparingInt(Sum::node).thenComparingLong(Sum::minute);

  private record Row(int level, Sum sum) {}

  private static final UpsertTable<Row> TABLE =
      UpsertTable.<Row>named("bench", "hierarchy")
          .keySmall("level", Row::level)
          .keyInt("node", row -> row.sum.node)
          .keyLong("minute_ms", row -> row.sum.minute * MINUTE_MILLIS)
          .integer("n", row -> row.sum.n)
          .number("sum_nw", row -> row.sum.value)
          .replace()
          .build();

  private final PostgresConfig postgres;

  private Hierarchy(PostgresConfig postgres) {
    this.postgres = postgres;
  }

  static Hierarchy to(PostgresConfig postgres) {
    return new Hierarchy(postgres);
  }

  @Override
  public PDone expand(PCollection<ReadingBatch> batches) {
    return batches
        .apply("PackMinutes", PackStatistics.of(MINUTE_MILLIS, Hierarchy::parent))
        .apply("GroupByNode", GroupByKey.create())
        .apply("SumMeters", ParDo.of(new SumMetersFn()))
        .setCoder(KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of()))
        .apply("GroupByMinute", GroupByKey.create())
        .apply("WriteNodes", WriteRows.to(postgres, Hierarchy::addRows));
  }

  /** The node of level 1 over a meter, such as 12 over m000123. */
  private static int parent(String meter) {
    return Integer.parseInt(meter, 1, meter.length(), 10) / CHILDREN;
  }

  private static final class SumMetersFn
      extends DoFn<KV<Integer, Iterable<byte[]>>, KV<Integer, byte[]>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<byte[]>> blocks, OutputReceiver<KV<Integer, byte[]>> out) {
      List<Sum> sums = new ArrayList<>();
      StatisticBlock.merge(blocks.getValue(), MINUTE_MILLIS)
          .forEach(
              (meter, minutes) -> {
                int node = parent(meter);
                for (Statistic minute : minutes) {
                  sums.add(new Sum(node, minute.period, 1, minute.last));
                }
              });
      Packed.Writer[] packed = new Packed.Writer[PackStatistics.BUCKETS];
      for (Sum sum : merge(sums)) {
        int bucket = Math.floorMod(sum.minute, PackStatistics.BUCKETS);
        if (packed[bucket] == null) {
          packed[bucket] = new Packed.Writer();
        }
        packed[bucket].number(sum.node);
        packed[bucket].signed(sum.minute);
        packed[bucket].number(sum.n);
        packed[bucket].signed(sum.value);
      }
      for (int bucket = 0; bucket < packed.length; bucket++) {
        if (packed[bucket] != null) {
          out.output(KV.of(bucket, packed[bucket].toBytes()));
        }
      }
    }
  }

  private static void addRows(KV<Integer, Iterable<byte[]>> blocks, UpsertBuffer rows) {
    List<Sum> sums = new ArrayList<>();
    for (byte[] block : blocks.getValue()) {
      Packed.Reader in = new Packed.Reader(block);
      while (in.hasMore()) {
        sums.add(new Sum((int) in.number(), in.signed(), (int) in.number(), in.signed()));
      }
    }
    List<Sum> ofLevel = merge(sums);
    for (int level = 1; level <= LEVELS; level++) {
      for (Sum sum : ofLevel) {
        rows.add(TABLE, new Row(level, sum));
      }
      ofLevel =
          merge(
              ofLevel.stream()
                  .map(sum -> new Sum(sum.node / CHILDREN, sum.minute, sum.n, sum.value))
                  .toList());
    }
  }

  /** One sum per node and minute, in this order. */
  private static List<Sum> merge(List<Sum> sums) {
    List<Sum> sorted = new ArrayList<>(sums);
    sorted.sort(BY_NODE_AND_MINUTE);
    List<Sum> merged = new ArrayList<>();
    for (Sum sum : sorted) {
      int last = merged.size() - 1;
      Sum before = last < 0 ? null : merged.get(last);
      if (before != null && BY_NODE_AND_MINUTE.compare(before, sum) == 0) {
        merged.set(last, new Sum(sum.node, sum.minute, before.n + sum.n, before.value + sum.value));
      } else {
        merged.add(sum);
      }
    }
    return merged;
  }
}
