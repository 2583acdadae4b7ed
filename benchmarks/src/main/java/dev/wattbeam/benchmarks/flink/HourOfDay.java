package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.MeterHours;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Adds up the hours of a meter to windows of seven days. The sums of a day are shared by the seven
 * windows that contain it.
 */
final class HourOfDay extends KeyedProcessFunction<String, Pane, HourOfDay.Row> {
  private static final long serialVersionUID = 1L;

  /** A row of the table. */
  record Row(String meter, long windowMillis, int hour, int n, long sum) {}

  private transient ValueState<MeterHours> state;

  @Override
  public void open(Configuration parameters) {
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "hours", new OwnType<>(MeterHours.class, new MeterHoursSerializer())));
  }

  @Override
  public void processElement(Pane pane, Context context, Collector<Row> out) throws Exception {
    MeterHours hours = state.value();
    if (hours == null) {
      hours = new MeterHours();
    }
    if (hours.add(pane.startMillis(), pane.count(), pane.sum())) {
      long day = MeterHours.day(pane.startMillis());
      for (int i = 1; i <= MeterHours.WINDOW_DAYS; i++) {
        context.timerService().registerEventTimeTimer((day + i) * MeterHours.DAY_MILLIS - 1);
      }
    }
    state.update(hours);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Row> out) throws Exception {
    String meter = context.getCurrentKey();
    MeterHours hours = state.value();
    hours.closeWindow(
        MeterHours.day(timestamp),
        (window, hour, n, sum) -> out.collect(new Row(meter, window, hour, n, sum)));
    if (hours.days().isEmpty()) {
      state.clear();
    } else {
      state.update(hours);
    }
  }

  private static final class MeterHoursSerializer extends OwnSerializer<MeterHours> {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(MeterHours hours, DataOutputView target) throws IOException {
      target.writeInt(hours.days().size());
      for (Map.Entry<Long, MeterHours.Day> day : hours.days().entrySet()) {
        target.writeLong(day.getKey());
        for (int hour = 0; hour < day.getValue().counts().length; hour++) {
          target.writeInt(day.getValue().counts()[hour]);
          target.writeLong(day.getValue().sums()[hour]);
        }
      }
    }

    @Override
    public MeterHours deserialize(DataInputView source) throws IOException {
      TreeMap<Long, MeterHours.Day> days = new TreeMap<>();
      int size = source.readInt();
      for (int i = 0; i < size; i++) {
        long number = source.readLong();
        MeterHours.Day day = new MeterHours.Day();
        for (int hour = 0; hour < day.counts().length; hour++) {
          day.counts()[hour] = source.readInt();
          day.sums()[hour] = source.readLong();
        }
        days.put(number, day);
      }
      return new MeterHours(days);
    }
  }
}
