package dev.wattbeam.benchmarks.jmh;

import dev.wattbeam.io.kafka.PollParser;
import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.ReadingBatch;
import java.util.List;
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

/** From the bytes of a message to a reading. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Sample.SIZE)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ParsingBenchmark {
  private final List<byte[]> messages = Sample.messages();
  private final ReadingJson json = new ReadingJson();
  private final PollParser parser = Sample.parser();

  /** One message, into the parser's own fields. */
  @Benchmark
  public long parse() {
    long sum = 0;
    for (byte[] message : messages) {
      if (json.parse(message)) {
        sum += json.timeMillis();
      }
    }
    return sum;
  }

  /** One message, into the columns of a batch. */
  @Benchmark
  public ReadingBatch parseIntoBatch() {
    return Sample.batch(parser, messages);
  }
}
