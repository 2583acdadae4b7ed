package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.OpenPanes;
import dev.wattbeam.benchmarks.parts.PaneStats;
import java.io.Serializable;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The first of two phases: statistics per meter and span of what one source task reads. */
final class AggregateLocally<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<Measurement, T> {
  private static final long serialVersionUID = 1L;

  /** Makes what is shuffled out of a complete span. */
  interface Split<T> extends Serializable {
    void split(long startMillis, Map<String, PaneStats> byMeter, Consumer<T> out);
  }

  private final long paneMillis;
  private final Split<T> split;
  private transient OpenPanes panes;
  private transient StreamRecord<T> record;

  AggregateLocally(long paneMillis, Split<T> split) {
    this.paneMillis = paneMillis;
    this.split = split;
    chainingStrategy = ChainingStrategy.ALWAYS;
  }

  @Override
  public void open() throws Exception {
    super.open();
    panes = new OpenPanes(paneMillis);
    record = new StreamRecord<>(null);
  }

  @Override
  public void processElement(StreamRecord<Measurement> element) {
    Measurement measurement = element.getValue();
    panes.add(measurement.meter(), measurement.timeMillis(), measurement.value());
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    panes.close(
        Watermarks.reached(watermark),
        (start, byMeter) ->
            split.split(start, byMeter, part -> output.collect(record.replace(part, start))));
    super.processWatermark(watermark);
  }
}
