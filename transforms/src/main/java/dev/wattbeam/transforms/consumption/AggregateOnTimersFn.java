package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.MeterDirectorySource;
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
final class AggregateOnTimersFn extends DoFn<KV<Integer, GroupUpdate>, ConsumptionRows> {
  private static final long serialVersionUID = 1L;

  private final MeterDirectorySource directory;
  private final long allowedLatenessMillis;
  private final Emission emission;

  @StateId("days")
  private final StateSpec<MapState<PeriodKey, GroupDay>> daysSpec =
      StateSpecs.map(new PeriodKey.PeriodKeyCoder(), new GroupDay.GroupDayCoder());

  @StateId("months")
  private final StateSpec<MapState<PeriodKey, Slots>> monthsSpec =
      StateSpecs.map(new PeriodKey.PeriodKeyCoder(), Slots.SlotsCoder.of());

  @StateId("dirty")
  private final StateSpec<BagState<PeriodKey>> dirtySpec =
      StateSpecs.bag(new PeriodKey.PeriodKeyCoder());

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

  AggregateOnTimersFn(
      MeterDirectorySource directory, long allowedLatenessMillis, Emission emission) {
    this.directory = directory;
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.emission = emission;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, GroupUpdate> element,
      @Timestamp Instant timestamp,
      @StateId("days") MapState<PeriodKey, GroupDay> days,
      @StateId("months") MapState<PeriodKey, Slots> months,
      @StateId("dirty") BagState<PeriodKey> dirty,
      @StateId("hold") ValueState<Long> hold,
      @StateId("onTimeAt") ValueState<Long> onTimeAt,
      @TimerId("early") Timer early,
      @TimerId("onTime") Timer onTime) {
    GroupUpdate update = element.getValue();
    engine(days, months).add(update).forEach(dirty::add);
    long latest = update.parts().stream().mapToLong(GroupUpdate.Part::interval).max().getAsLong();
    new FlushTimers(emission, early, onTime, hold, onTimeAt)
        .waiting(timestamp, Intervals.start(latest + 1));
  }

  @OnTimer("early")
  public void onEarly(
      @StateId("days") MapState<PeriodKey, GroupDay> days,
      @StateId("months") MapState<PeriodKey, Slots> months,
      @StateId("dirty") BagState<PeriodKey> dirty,
      @StateId("hold") ValueState<Long> hold,
      @StateId("onTimeAt") ValueState<Long> onTimeAt,
      @TimerId("early") Timer early,
      @TimerId("onTime") Timer onTime,
      OutputReceiver<ConsumptionRows> out) {
    flush(engine(days, months), dirty, out);
    new FlushTimers(emission, early, onTime, hold, onTimeAt).done();
  }

  @OnTimer("onTime")
  public void onTime(
      @StateId("days") MapState<PeriodKey, GroupDay> days,
      @StateId("months") MapState<PeriodKey, Slots> months,
      @StateId("dirty") BagState<PeriodKey> dirty,
      @StateId("hold") ValueState<Long> hold,
      @StateId("onTimeAt") ValueState<Long> onTimeAt,
      @StateId("sweptDay") ValueState<Integer> sweptDay,
      @TimerId("early") Timer early,
      @TimerId("onTime") Timer onTime,
      OutputReceiver<ConsumptionRows> out) {
    GroupEngine engine = engine(days, months);
    flush(engine, dirty, out);
    Long watermark = onTimeAt.read();
    if (watermark != null) {
      Sweep.daily(watermark, allowedLatenessMillis, sweptDay, engine::forgetBefore);
    }
    new FlushTimers(emission, early, onTime, hold, onTimeAt).done();
  }

  private GroupEngine engine(
      MapState<PeriodKey, GroupDay> days, MapState<PeriodKey, Slots> months) {
    return new GroupEngine(directory.snapshot(), new BeamStore<>(days), new BeamStore<>(months));
  }

  private static void flush(
      GroupEngine engine, BagState<PeriodKey> dirty, OutputReceiver<ConsumptionRows> out) {
    RowBuffer rows = new RowBuffer(out::output);
    engine.flush(dirty.read(), rows);
    rows.flush();
    dirty.clear();
  }
}
