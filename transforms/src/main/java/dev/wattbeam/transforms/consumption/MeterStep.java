package dev.wattbeam.transforms.consumption;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Reading;
import java.io.Serializable;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.values.KV;

/** What {@link ComputeConsumption} does around the engine, wherever its state lives. */
final class MeterStep implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String NAME = "ComputeConsumption";

  private final MeterDirectorySource directory;
  private final long allowedLatenessMillis;
  private final int groupBuckets;
  private final String pipelineName;
  private final Counter accepted = Metrics.counter("wattbeam", "accepted");
  private final Counter duplicates = Metrics.counter("wattbeam", "duplicates");
  private final Counter conflicts =
      Metrics.counter("wattbeam", "dead_letters_" + DeadLetterCode.CONFLICTING_READING);

  MeterStep(
      MeterDirectorySource directory,
      long allowedLatenessMillis,
      int groupBuckets,
      String pipelineName) {
    this.directory = requireNonNull(directory, "directory");
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.groupBuckets = groupBuckets;
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  long allowedLatenessMillis() {
    return allowedLatenessMillis;
  }

  MeterEngine engine(
      int bucket,
      Store<PeriodKey, MeterDay> days,
      Store<MeterChannel, ChannelExtent> extents,
      Store<PeriodKey, Slots> months,
      Store<PeriodKey, Slots> groupSums) {
    return new MeterEngine(
        bucket, directory.snapshot(), allowedLatenessMillis, days, extents, months, groupSums);
  }

  /**
   * Takes a block in.
   *
   * @param dirty gets what has to be flushed
   * @param known gets the channels of which not all readings are new
   * @return time of the newest reading of the block, epoch milliseconds
   */
  long add(
      MeterEngine engine,
      ReadingBlock block,
      Consumer<DirtyRange> dirty,
      Consumer<MeterChannel> known,
      MultiOutputReceiver out) {
    long latest = Long.MIN_VALUE;
    for (ReadingBlock.Part part : block.parts()) {
      ReadingSet.Merge merge = new ReadingSet.Merge();
      DirtyRange range = engine.add(part.channel(), part.readings(), merge);
      accepted.inc(merge.accepted());
      duplicates.inc(merge.duplicates());
      conflicts.inc(merge.conflicts());
      for (ReadingSet.Entry loser : merge.losers()) {
        out.get(ComputeConsumption.CONFLICTS).output(conflict(pipelineName, part.channel(), loser));
      }
      dirty.accept(range);
      if (merge.accepted() < part.readings().size()) {
        known.accept(part.channel());
      }
      latest = Math.max(latest, range.lastMillis());
    }
    return latest;
  }

  static DeadLetter conflict(String pipelineName, MeterChannel channel, ReadingSet.Entry loser) {
    String payload = "meter=" + channel.meter() + " channel=" + channel.channel() + " " + loser;
    long identity = loser.time() * 31 + Long.rotateLeft(loser.value(), 20) + loser.duration();
    return new DeadLetter(
        pipelineName,
        NAME,
        DeadLetterCode.CONFLICTING_READING,
        "another reading of the same time has another value and is preferred",
        payload,
        new Origin("conflict:" + channel.meter() + "/" + channel.channel(), 0, identity),
        loser.time());
  }

  /**
   * Hands on everything that the dirty ranges have changed.
   *
   * @param again the channels of which all that they reach is handed on
   */
  void flush(
      MeterEngine engine,
      Iterable<DirtyRange> dirty,
      Set<MeterChannel> again,
      MultiOutputReceiver out) {
    RowBuffer rows = new RowBuffer(out.get(ComputeConsumption.ROWS)::output);
    engine.flush(
        dirty,
        again,
        new MeterEngine.Output() {
          @Override
          public void row(ConsumptionRow row) {
            rows.accept(row);
          }

          @Override
          public void latest(Reading reading) {
            out.get(ComputeConsumption.LATEST).output(reading);
          }

          @Override
          public void groups(GroupUpdate update) {
            update
                .byGroupBucket(groupBuckets)
                .forEach(
                    (groupBucket, part) ->
                        out.get(ComputeConsumption.GROUP_UPDATES).output(KV.of(groupBucket, part)));
          }
        });
    rows.flush();
  }
}
