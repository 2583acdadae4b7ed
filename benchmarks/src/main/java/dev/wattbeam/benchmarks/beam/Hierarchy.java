package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.UpsertBuffer;
import dev.wattbeam.io.postgres.UpsertTable;
import dev.wattbeam.io.postgres.WriteRows;
import dev.wattbeam.model.ReadingBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
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
  private static final class Sum {
    private final int node;
    private final long minute;
    private int n;
    private long value;

    Sum(int node, long minute) {
      this.node = node;
      this.minute = minute;
    }
  }

  /** Sums of the nodes of one level. */
  private static final class Level {
    private final Map<Integer, Map<Long, Sum>> nodes = new HashMap<>();

    void add(int node, long minute, int n, long value) {
      Sum sum =
          nodes
              .computeIfAbsent(node, key -> new HashMap<>())
              .computeIfAbsent(minute, key -> new Sum(node, minute));
      sum.n += n;
      sum.value += value;
    }

    void forEach(Consumer<Sum> action) {
      nodes.values().forEach(minutes -> minutes.values().forEach(action));
    }
  }

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
      Level level = new Level();
      StatisticBlock.merge(blocks.getValue(), MINUTE_MILLIS)
          .forEach(
              (meter, minutes) -> {
                int node = parent(meter);
                for (Statistic minute : minutes) {
                  level.add(node, minute.period, 1, minute.last);
                }
              });
      Packed.Writer[] packed = new Packed.Writer[PackStatistics.BUCKETS];
      level.forEach(
          sum -> {
            int bucket = Math.floorMod(sum.minute, PackStatistics.BUCKETS);
            if (packed[bucket] == null) {
              packed[bucket] = new Packed.Writer();
            }
            packed[bucket].number(sum.node);
            packed[bucket].signed(sum.minute);
            packed[bucket].number(sum.n);
            packed[bucket].signed(sum.value);
          });
      for (int bucket = 0; bucket < packed.length; bucket++) {
        if (packed[bucket] != null) {
          out.output(KV.of(bucket, packed[bucket].toBytes()));
        }
      }
    }
  }

  private static void addRows(KV<Integer, Iterable<byte[]>> blocks, UpsertBuffer rows) {
    Level lowest = new Level();
    for (byte[] block : blocks.getValue()) {
      Packed.Reader in = new Packed.Reader(block);
      while (in.hasMore()) {
        lowest.add((int) in.number(), in.signed(), (int) in.number(), in.signed());
      }
    }
    Level ofLevel = lowest;
    for (int number = 1; number <= LEVELS; number++) {
      int level = number;
      Level above = new Level();
      ofLevel.forEach(
          sum -> {
            rows.add(TABLE, new Row(level, sum));
            above.add(sum.node / CHILDREN, sum.minute, sum.n, sum.value);
          });
      ofLevel = above;
    }
  }
}
