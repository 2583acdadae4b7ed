package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterChannelCoder;
import java.util.Set;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
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
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Keeps the state of each bucket in many cells, of which an element reads and writes few, and hands
 * changes on by timers.
 */
final class ComputeOnTimersFn extends DoFn<KV<Integer, ReadingBlock>, ConsumptionRows> {
  private static final long serialVersionUID = 1L;

  private final MeterStep step;
  private final Emission emission;

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

  ComputeOnTimersFn(MeterStep step, Emission emission) {
    this.step = step;
    this.emission = emission;
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
    long latest = step.add(engine, element.getValue(), dirty::add, channel -> {}, out);
    long intervalEnd = Intervals.start(Intervals.closing(latest) + 1);
    new FlushTimers(emission, early, onTime, hold, onTimeAt).waiting(timestamp, intervalEnd);
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
    MeterEngine engine = engine(bucket, days, extents, months, groupSums);
    flush(engine, dirty, out);
    Long watermark = onTimeAt.read();
    if (watermark != null) {
      Sweep.daily(watermark, step.allowedLatenessMillis(), sweptDay, engine::forgetGroupsBefore);
    }
    new FlushTimers(emission, early, onTime, hold, onTimeAt).done();
  }

  private MeterEngine engine(
      int bucket,
      MapState<PeriodKey, MeterDay> days,
      MapState<MeterChannel, ChannelExtent> extents,
      MapState<PeriodKey, Slots> months,
      MapState<PeriodKey, Slots> groupSums) {
    return step.engine(
        bucket,
        new BeamStore<>(days),
        new BeamStore<>(extents),
        new BeamStore<>(months),
        new BeamStore<>(groupSums));
  }

  private void flush(MeterEngine engine, BagState<DirtyRange> dirty, MultiOutputReceiver out) {
    step.flush(engine, dirty.read(), Set.of(), out);
    dirty.clear();
  }
}
