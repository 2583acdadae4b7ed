package dev.wattbeam.transforms.quality;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.consumption.ReadingSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@link ValidateReadings} does with the batches of a bundle, in plain Java: judges each
 * reading by itself and collects the good ones, one block per bucket of meters. Not thread-safe.
 */
public final class ReadingValidator {
  private static final String STEP = "ValidateReadings";

  private final ReadingLimits limits;
  private final int buckets;
  private final String pipelineName;
  private Map<MeterChannel, ReadingSet.Builder> good = new HashMap<>();
  private int size;
  private long duplicates;

  /** Where the readings go that are not good. */
  public interface Output {
    /** A good reading that came after the allowed lateness. */
    void late(LateReading reading);

    void rejected(DeadLetter letter);
  }

  /**
   * A validator without readings.
   *
   * @param buckets number of buckets that meters are hashed to
   * @param pipelineName for the dead letters
   */
  public ReadingValidator(ReadingLimits limits, int buckets, String pipelineName) {
    this.limits = requireNonNull(limits, "limits");
    this.buckets = buckets;
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /** Judges the readings of a batch. */
  public void add(ReadingBatch batch, MeterDirectory directory, Output out) {
    ReadingRules rules = new ReadingRules(limits, directory, batch);
    ReadingSet.Builder[] sets = new ReadingSet.Builder[batch.channelCount()];
    for (int i = 0; i < batch.size(); i++) {
      if (!rules.check(i)) {
        out.rejected(letter(batch, i, rules));
      } else if (rules.lateness() > 0) {
        out.late(late(batch, i, rules));
      } else {
        int channel = batch.channelIndex(i);
        ReadingSet.Builder set = sets[channel];
        if (set == null) {
          set = good.computeIfAbsent(batch.channelAt(channel), key -> new ReadingSet.Builder());
          sets[channel] = set;
        }
        set.add(
            rules.time(), rules.value(), batch.duration(i), batch.sequence(i), batch.quality(i));
        size++;
      }
    }
  }

  /** Number of good readings since {@link #takeBlocks}. */
  public int size() {
    return size;
  }

  private DeadLetter letter(ReadingBatch batch, int i, ReadingRules rules) {
    return new DeadLetter(
        pipelineName,
        STEP,
        rules.code(),
        rules.message(),
        batch.payload(i),
        batch.origin(i),
        batch.known(i));
  }

  private static LateReading late(ReadingBatch batch, int i, ReadingRules rules) {
    MeterChannel id = batch.channel(i);
    Reading reading =
        new Reading(
            id.meter(),
            id.channel(),
            batch.type(i),
            rules.time(),
            rules.value(),
            batch.duration(i),
            batch.sequence(i),
            batch.quality(i));
    return new LateReading(reading, batch.origin(i), rules.lateness());
  }

  /** Hands over the good readings, by bucket, and begins anew. */
  public Map<Integer, ReadingBlock> takeBlocks() {
    Map<Integer, ReadingBlock.Builder> builders = new HashMap<>();
    good.forEach(
        (channel, builder) -> {
          ReadingSet set = builder.build();
          duplicates += builder.duplicates();
          builders
              .computeIfAbsent(bucketOf(channel), bucket -> new ReadingBlock.Builder())
              .add(channel, set);
        });
    good = new HashMap<>();
    size = 0;
    Map<Integer, ReadingBlock> blocks = new HashMap<>();
    builders.forEach((bucket, builder) -> blocks.put(bucket, builder.build()));
    return blocks;
  }

  /** How many copies of other readings the blocks taken so far have left out. */
  public long duplicates() {
    return duplicates;
  }

  /** All channels of one meter go to one bucket. */
  private int bucketOf(MeterChannel channel) {
    int hash = channel.meter().hashCode() * 0x9E3779B1;
    return Math.floorMod(hash ^ (hash >>> 16), buckets);
  }
}
