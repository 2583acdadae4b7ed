package dev.wattbeam.benchmarks.jmh;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.transforms.consumption.GroupUpdate;
import dev.wattbeam.transforms.consumption.MetersInMemory;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.consumption.ReadingSet;
import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.quality.ReadingValidator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The domain, per reading: rules, sets of readings, and the engine that computes rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Sample.SIZE)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EngineBenchmark {
  private final MeterDirectory directory = Sample.directory();
  private final ReadingBatch batch = Sample.batch(Sample.parser(), Sample.messages());
  private final ReadingBlock block = Sample.block(batch, directory);
  private final Nothing nothing = new Nothing();

  /** Judged, and collected into sets. */
  @Benchmark
  public Object validate() {
    ReadingValidator validator = new ReadingValidator(Sample.LIMITS, 64, Sample.PIPELINE);
    validator.add(batch, directory, nothing);
    return validator.takeBlocks();
  }

  /** The interval accumulator: each set with itself, so all are duplicates. */
  @Benchmark
  public int unite() {
    int size = 0;
    for (ReadingBlock.Part part : block.parts()) {
      ReadingSet set = part.readings();
      size += set.union(set).size();
    }
    return size;
  }

  /** All rows of intervals, hours, days and months, from an empty state. */
  @Benchmark
  public long compute() {
    MetersInMemory meters =
        new MetersInMemory(0, directory, ReadingLimits.UNLIMITED, Sample.PIPELINE);
    meters.add(block, nothing);
    meters.flush(nothing);
    return nothing.rows;
  }

  /** Counts rows, and nothing else. */
  static final class Nothing implements ReadingValidator.Output, MetersInMemory.Output {
    private long rows;

    @Override
    public void row(ConsumptionRow row) {
      rows++;
    }

    @Override
    public void latest(Reading reading) {}

    @Override
    public void groups(GroupUpdate update) {}

    @Override
    public void conflict(DeadLetter letter) {}

    @Override
    public void late(LateReading reading) {}

    @Override
    public void rejected(DeadLetter letter) {
      throw new IllegalStateException(letter.message());
    }
  }
}
