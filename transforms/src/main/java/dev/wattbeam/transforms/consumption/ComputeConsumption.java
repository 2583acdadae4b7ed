package dev.wattbeam.transforms.consumption;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.ConsumptionRowsCoder;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.DeadLetterCoder;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingCoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;

/**
 * Turns good readings into the rows of their meters: removes duplicates, runs the register state
 * machine, computes intervals, hours, local days and months. One key is a bucket of meters; the
 * work is done by {@link MeterEngine}.
 *
 * <p>Outputs: {@link #ROWS}, {@link #LATEST}, {@link #GROUP_UPDATES} and {@link #CONFLICTS}.
 */
public final class ComputeConsumption
    extends PTransform<PCollection<KV<Integer, ReadingBlock>>, PCollectionTuple> {
  /** Changed rows of meters. */
  public static final TupleTag<ConsumptionRows> ROWS = new TupleTag<>() {};

  /** Newest reading of each channel. */
  public static final TupleTag<Reading> LATEST = new TupleTag<>() {};

  /** What the buckets contribute to groups, by bucket of groups. */
  public static final TupleTag<KV<Integer, GroupUpdate>> GROUP_UPDATES = new TupleTag<>() {};

  /** Readings that stand against a preferred one of the same time. */
  public static final TupleTag<DeadLetter> CONFLICTS = new TupleTag<>() {};

  private final MeterDirectorySource directory;
  private final long allowedLatenessMillis;
  private final Emission emission;
  private final int groupBuckets;
  private final String pipelineName;

  private ComputeConsumption(
      MeterDirectorySource directory,
      long allowedLatenessMillis,
      Emission emission,
      int groupBuckets,
      String pipelineName) {
    this.directory = requireNonNull(directory, "directory");
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.emission = requireNonNull(emission, "emission");
    this.groupBuckets = groupBuckets;
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /**
   * A computing step.
   *
   * @param allowedLatenessMillis how long readings are kept to be joined by late ones; {@link
   *     Long#MAX_VALUE} for ever
   * @param groupBuckets number of buckets that groups are hashed to; fixed for the life of a job
   */
  public static ComputeConsumption of(
      MeterDirectorySource directory,
      long allowedLatenessMillis,
      Emission emission,
      int groupBuckets,
      String pipelineName) {
    return new ComputeConsumption(
        directory, allowedLatenessMillis, emission, groupBuckets, pipelineName);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<Integer, ReadingBlock>> blocks) {
    PCollectionTuple outputs =
        blocks.apply(
            "Compute",
            ParDo.of(new ComputeFn(this))
                .withOutputTags(ROWS, TupleTagList.of(LATEST).and(GROUP_UPDATES).and(CONFLICTS)));
    outputs.get(ROWS).setCoder(ConsumptionRowsCoder.of());
    outputs.get(LATEST).setCoder(ReadingCoder.of());
    outputs.get(CONFLICTS).setCoder(DeadLetterCoder.of());
    outputs
        .get(GROUP_UPDATES)
        .setCoder(KvCoder.of(VarIntCoder.of(), GroupUpdate.GroupUpdateCoder.of()));
    return outputs;
  }

  private static final class ComputeFn extends DoFn<KV<Integer, ReadingBlock>, ConsumptionRows> {
    private static final String STEP = "ComputeConsumption";

    private final MeterDirectorySource directory;
    private final long allowedLatenessMillis;
    private final Emission emission;
    private final int groupBuckets;
    private final String pipelineName;
    private final Counter accepted = Metrics.counter("wattbeam", "accepted");
    private final Counter duplicates = Metrics.counter("wattbeam", "duplicates");
    private final Counter conflicts =
        Metrics.counter("wattbeam", "dead_letters_" + DeadLetterCode.CONFLICTING_READING);

    @StateId("days")
    private final StateSpec<MapState<PeriodKey, MeterDay>> daysSpec =
        StateSpecs.map(new PeriodKey.PeriodKeyCoder(), new MeterDay.MeterDayCoder());

    @StateId("extents")
    private final StateSpec<MapState<MeterChannel, ChannelExtent>> extentsSpec =
        StateSpecs.map(MeterChannelCoder.of(), new ChannelExtent.ChannelExtentCoder());

    @StateId("months")
    private final StateSpec<MapState<PeriodKey, Slots>> monthsSpec =
        StateSpecs.map(new PeriodKey.PeriodKeyCoder(), Slots.SlotsCoder.of());

    @StateId("groupSums")
    private final StateSpec<MapState<PeriodKey, Slots>> groupSumsSpec =
        StateSpecs.map(new PeriodKey.PeriodKeyCoder(), Slots.SlotsCoder.of());

    @StateId("dirty")
    private final StateSpec<BagState<DirtyRange>> dirtySpec =
        StateSpecs.bag(new DirtyRange.DirtyRangeCoder());

    @StateId("hold")
    private final StateSpec<ValueState<Long>> holdSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("onTimeAt")
    private final StateSpec<ValueState<Long>> onTimeAtSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("sweptDay")
    private final StateSpec<ValueState<Integer>> sweptDaySpec = StateSpecs.value(VarIntCoder.of());

    @TimerId("early")
    private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @TimerId("onTime")
    private final TimerSpec onTimeSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    ComputeFn(ComputeConsumption step) {
      directory = step.directory;
      allowedLatenessMillis = step.allowedLatenessMillis;
      emission = step.emission;
      groupBuckets = step.groupBuckets;
      pipelineName = step.pipelineName;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, ReadingBlock> element,
        @Timestamp Instant timestamp,
        @StateId("days") MapState<PeriodKey, MeterDay> days,
        @StateId("extents") MapState<MeterChannel, ChannelExtent> extents,
        @StateId("months") MapState<PeriodKey, Slots> months,
        @StateId("groupSums") MapState<PeriodKey, Slots> groupSums,
        @StateId("dirty") BagState<DirtyRange> dirty,
        @StateId("hold") ValueState<Long> hold,
        @StateId("onTimeAt") ValueState<Long> onTimeAt,
        @TimerId("early") Timer early,
        @TimerId("onTime") Timer onTime,
        MultiOutputReceiver out) {
      MeterEngine engine = engine(element.getKey(), days, extents, months, groupSums);
      long latest = Long.MIN_VALUE;
      for (ReadingBlock.Part part : element.getValue().parts()) {
        ReadingSet.Merge merge = new ReadingSet.Merge();
        DirtyRange range = engine.add(part.channel(), part.readings(), merge);
        accepted.inc(merge.accepted());
        duplicates.inc(merge.duplicates());
        conflicts.inc(merge.conflicts());
        for (ReadingSet.Entry loser : merge.losers()) {
          out.get(CONFLICTS).output(conflict(part.channel(), loser));
        }
        dirty.add(range);
        latest = Math.max(latest, range.lastMillis());
      }
      long intervalEnd = Intervals.start(Intervals.closing(latest) + 1);
      new FlushTimers(emission, early, onTime, hold, onTimeAt).waiting(timestamp, intervalEnd);
    }

    private DeadLetter conflict(MeterChannel channel, ReadingSet.Entry loser) {
      String payload = "meter=" + channel.meter() + " channel=" + channel.channel() + " " + loser;
      long identity = loser.time() * 31 + Long.rotateLeft(loser.value(), 20) + loser.duration();
      return new DeadLetter(
          pipelineName,
          STEP,
          DeadLetterCode.CONFLICTING_READING,
          "another reading of the same time has another value and is preferred",
          payload,
          new Origin("conflict:" + channel.meter() + "/" + channel.channel(), 0, identity),
          loser.time());
    }

    @OnTimer("early")
    public void onEarly(
        @Key Integer bucket,
        @StateId("days") MapState<PeriodKey, MeterDay> days,
        @StateId("extents") MapState<MeterChannel, ChannelExtent> extents,
        @StateId("months") MapState<PeriodKey, Slots> months,
        @StateId("groupSums") MapState<PeriodKey, Slots> groupSums,
        @StateId("dirty") BagState<DirtyRange> dirty,
        @StateId("hold") ValueState<Long> hold,
        @StateId("onTimeAt") ValueState<Long> onTimeAt,
        @TimerId("early") Timer early,
        @TimerId("onTime") Timer onTime,
        MultiOutputReceiver out) {
      flush(engine(bucket, days, extents, months, groupSums), dirty, out);
      new FlushTimers(emission, early, onTime, hold, onTimeAt).done();
    }

    @OnTimer("onTime")
    public void onTime(
        @Key Integer bucket,
        @StateId("days") MapState<PeriodKey, MeterDay> days,
        @StateId("extents") MapState<MeterChannel, ChannelExtent> extents,
        @StateId("months") MapState<PeriodKey, Slots> months,
        @StateId("groupSums") MapState<PeriodKey, Slots> groupSums,
        @StateId("dirty") BagState<DirtyRange> dirty,
        @StateId("hold") ValueState<Long> hold,
        @StateId("onTimeAt") ValueState<Long> onTimeAt,
        @StateId("sweptDay") ValueState<Integer> sweptDay,
        @TimerId("early") Timer early,
        @TimerId("onTime") Timer onTime,
        MultiOutputReceiver out) {
      flush(engine(bucket, days, extents, months, groupSums), dirty, out);
      Long watermark = onTimeAt.read();
      if (watermark != null) {
        Sweep.daily(watermark, allowedLatenessMillis, sweptDay, new BeamStore<>(groupSums));
      }
      new FlushTimers(emission, early, onTime, hold, onTimeAt).done();
    }

    private MeterEngine engine(
        int bucket,
        MapState<PeriodKey, MeterDay> days,
        MapState<MeterChannel, ChannelExtent> extents,
        MapState<PeriodKey, Slots> months,
        MapState<PeriodKey, Slots> groupSums) {
      return new MeterEngine(
          bucket,
          directory.snapshot(),
          allowedLatenessMillis,
          new BeamStore<>(days),
          new BeamStore<>(extents),
          new BeamStore<>(months),
          new BeamStore<>(groupSums));
    }

    private void flush(MeterEngine engine, BagState<DirtyRange> dirty, MultiOutputReceiver out) {
      RowBuffer rows = new RowBuffer(out.get(ROWS)::output);
      engine.flush(
          dirty.read(),
          new MeterEngine.Output() {
            @Override
            public void row(ConsumptionRow row) {
              rows.accept(row);
            }

            @Override
            public void latest(Reading reading) {
              out.get(LATEST).output(reading);
            }

            @Override
            public void groups(GroupUpdate update) {
              byGroupBucket(update)
                  .forEach(
                      (groupBucket, part) ->
                          out.get(GROUP_UPDATES).output(KV.of(groupBucket, part)));
            }
          });
      rows.flush();
      dirty.clear();
    }

    private Map<Integer, GroupUpdate> byGroupBucket(GroupUpdate update) {
      Map<Integer, List<GroupUpdate.Part>> parts = new HashMap<>();
      for (GroupUpdate.Part part : update.parts()) {
        int groupBucket = Math.floorMod(part.group().meter().hashCode(), groupBuckets);
        parts.computeIfAbsent(groupBucket, key -> new ArrayList<>()).add(part);
      }
      Map<Integer, GroupUpdate> updates = new HashMap<>();
      parts.forEach((key, list) -> updates.put(key, new GroupUpdate(update.bucket(), list)));
      return updates;
    }
  }
}
