package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.MeterHours;
import dev.wattbeam.benchmarks.parts.ReadingIntake;
import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.Reading;
import dev.wattbeam.transforms.consumption.GroupUpdate;
import dev.wattbeam.transforms.consumption.MetersInMemory;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** Computes the rows of the meters of one task, once a day of event time. */
final class ComputeMeters extends AbstractStreamOperator<ConsumptionRow>
    implements OneInputStreamOperator<Tuple2<Integer, ReadingBlock>, ConsumptionRow> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<Reading> LATEST =
      new OutputTag<>("latest", ChainedSerializer.type(Reading.class));
  static final OutputTag<DeadLetter> CONFLICTS =
      new OutputTag<>("conflicts", ChainedSerializer.type(DeadLetter.class));
  static final OutputTag<Tuple2<Integer, GroupUpdate>> GROUPS =
      new OutputTag<>(
          "groups",
          new TupleTypeInfo<>(
              Types.INT,
              CoderSerializer.type(GroupUpdate.class, GroupUpdate.GroupUpdateCoder.of())));

  private final ContenderOptions options;
  private transient MetersInMemory meters;
  private transient MetersInMemory.Output results;
  private transient long flushedDay;

  ComputeMeters(ContenderOptions options) {
    this.options = options;
    chainingStrategy = ChainingStrategy.ALWAYS;
  }

  @Override
  public void open() throws Exception {
    super.open();
    meters =
        new MetersInMemory(
            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
            PostgresMeterDirectory.of(ReadingIntake.postgres(options)).snapshot(),
            ReadingIntake.LIMITS.allowedLatenessMillis(),
            ReadingIntake.PIPELINE);
    results = new Results();
    flushedDay = Long.MIN_VALUE;
  }

  @Override
  public void processElement(StreamRecord<Tuple2<Integer, ReadingBlock>> element) {
    meters.add(element.getValue().f1, results);
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    long day = MeterHours.day(watermark.getTimestamp());
    if (flushedDay == Long.MIN_VALUE && !watermark.equals(Watermark.MAX_WATERMARK)) {
      flushedDay = day;
    } else if (day > flushedDay) {
      meters.flush(results);
      flushedDay = day;
      // Groups are due when this one has passed.
      super.processWatermark(watermark);
    }
  }

  private final class Results implements MetersInMemory.Output {
    @Override
    public void row(ConsumptionRow row) {
      output.collect(new StreamRecord<>(row));
    }

    @Override
    public void latest(Reading reading) {
      output.collect(LATEST, new StreamRecord<>(reading));
    }

    @Override
    public void groups(GroupUpdate update) {
      update
          .byGroupBucket(options.parallelism())
          .forEach(
              (bucket, part) ->
                  output.collect(GROUPS, new StreamRecord<>(Tuple2.of(bucket, part))));
    }

    @Override
    public void conflict(DeadLetter letter) {
      output.collect(CONFLICTS, new StreamRecord<>(letter));
    }
  }
}
