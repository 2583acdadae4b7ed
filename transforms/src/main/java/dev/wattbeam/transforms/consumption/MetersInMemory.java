package dev.wattbeam.transforms.consumption;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.MeterDirectory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * What {@link ComputeConsumption} does with one bucket of meters, in plain Java with its state in
 * memory. Not thread-safe.
 */
public final class MetersInMemory {
  private final MeterEngine engine;
  private final String pipelineName;
  private final List<DirtyRange> dirty = new ArrayList<>();

  /** Where the results go. */
  public interface Output extends MeterEngine.Output {
    /** A reading that stands against a preferred one of the same time. */
    void conflict(DeadLetter letter);
  }

  /**
   * A bucket without readings.
   *
   * @param bucket number that no other bucket with members of the same groups has
   * @param allowedLatenessMillis how long readings are kept to be joined by late ones; {@link
   *     Long#MAX_VALUE} for ever
   * @param pipelineName for the dead letters
   */
  public MetersInMemory(
      int bucket, MeterDirectory directory, long allowedLatenessMillis, String pipelineName) {
    this.engine =
        new MeterEngine(
            bucket,
            requireNonNull(directory, "directory"),
            allowedLatenessMillis,
            new MemoryStore<>(new HashMap<>()),
            new MemoryStore<>(new HashMap<>()),
            new MemoryStore<>(new HashMap<>()),
            new MemoryStore<>(new HashMap<>()));
    this.pipelineName = requireNonNull(pipelineName, "pipelineName");
  }

  /** Takes good readings in. */
  public void add(ReadingBlock block, Output out) {
    for (ReadingBlock.Part part : block.parts()) {
      ReadingSet.Merge merge = new ReadingSet.Merge();
      dirty.add(engine.add(part.channel(), part.readings(), merge));
      for (ReadingSet.Entry loser : merge.losers()) {
        out.conflict(MeterStep.conflict(pipelineName, part.channel(), loser));
      }
    }
  }

  /** Hands out every row that the readings since the last flush have changed. */
  public void flush(Output out) {
    engine.flush(dirty, out);
    dirty.clear();
  }
}
