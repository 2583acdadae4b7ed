package dev.wattbeam.transforms.repair;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Keeps the readings of some meters in some stretches of time. A local time counts as if it were
 * UTC, so the stretches need a margin of 14 hours. Messages that are no readings and the text of
 * the others are left out: whoever read them first has written their dead letters.
 */
public final class SelectReadings
    extends PTransform<PCollection<ReadingBatch>, PCollection<ReadingBatch>> {
  private static final long serialVersionUID = 1L;

  private final HashSet<String> meters;
  private final TimeSpans times;

  private SelectReadings(HashSet<String> meters, TimeSpans times) {
    this.meters = meters;
    this.times = requireNonNull(times, "times");
  }

  /** Keeps what these meters read at these times. */
  public static SelectReadings of(Set<String> meters, TimeSpans times) {
    return new SelectReadings(new HashSet<>(meters), times);
  }

  @Override
  public PCollection<ReadingBatch> expand(PCollection<ReadingBatch> batches) {
    return batches
        .apply("Select", ParDo.of(new SelectFn(meters, times)))
        .setCoder(ReadingBatchCoder.of());
  }

  private static final class SelectFn extends DoFn<ReadingBatch, ReadingBatch> {
    private static final long serialVersionUID = 1L;

    private final HashSet<String> meters;
    private final TimeSpans times;
    private final Counter read = Metrics.counter("wattbeam", "readings_read");
    private final Counter selected = Metrics.counter("wattbeam", "readings_selected");

    SelectFn(HashSet<String> meters, TimeSpans times) {
      this.meters = meters;
      this.times = times;
    }

    @ProcessElement
    public void process(@Element ReadingBatch batch, OutputReceiver<ReadingBatch> out) {
      boolean[] wanted = new boolean[batch.channelCount()];
      for (int channel = 0; channel < wanted.length; channel++) {
        wanted[channel] = meters.contains(batch.channelAt(channel).meter());
      }
      ReadingBatch.Builder kept =
          new ReadingBatch.Builder(batch.source(), batch.partition(), batch.clockMillis(), 0);
      for (int i = 0; i < batch.size(); i++) {
        if (wanted[batch.channelIndex(i)] && times.contains(batch.time(i))) {
          kept.add(
              batch.channel(i),
              batch.type(i),
              batch.time(i),
              batch.local(i),
              batch.value(i),
              batch.duration(i),
              batch.sequence(i),
              batch.quality(i),
              batch.origin(i).position(),
              batch.known(i),
              null);
        }
      }
      read.inc(batch.size());
      selected.inc(kept.size());
      if (kept.size() > 0) {
        out.output(kept.build());
      }
    }
  }
}
