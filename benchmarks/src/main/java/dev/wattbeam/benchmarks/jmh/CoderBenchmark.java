package dev.wattbeam.benchmarks.jmh;

import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingBatchCoder;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.consumption.ReadingBlock.ReadingBlockCoder;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Coders, per reading: of a batch, which is chained, and of a block, which is shuffled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Sample.SIZE)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CoderBenchmark {
  private final ReadingBatch batch = Sample.batch(Sample.parser(), Sample.messages());
  private final ReadingBlock block = Sample.block(batch, Sample.directory());
  private byte[] encodedBatch;
  private byte[] encodedBlock;

  @Setup
  public void encode() throws CoderException {
    encodedBatch = encodeBatch();
    encodedBlock = encodeBlock();
  }

  @Benchmark
  public byte[] encodeBatch() throws CoderException {
    return CoderUtils.encodeToByteArray(ReadingBatchCoder.of(), batch);
  }

  @Benchmark
  public ReadingBatch decodeBatch() throws CoderException {
    return CoderUtils.decodeFromByteArray(ReadingBatchCoder.of(), encodedBatch);
  }

  @Benchmark
  public byte[] encodeBlock() throws CoderException {
    return CoderUtils.encodeToByteArray(ReadingBlockCoder.of(), block);
  }

  @Benchmark
  public ReadingBlock decodeBlock() throws CoderException {
    return CoderUtils.decodeFromByteArray(ReadingBlockCoder.of(), encodedBlock);
  }
}
