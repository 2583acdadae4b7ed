import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Adds numbers up for ever, with a checkpoint each second: a job for cluster-test to disturb. */
public final class FlinkProbe {
  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.enableCheckpointing(1000);
    env.fromSequence(0, Long.MAX_VALUE)
        .map(FlinkProbe::slowly)
        .keyBy(number -> number % 8)
        .reduce(Long::sum)
        .sinkTo(new DiscardingSink<>());
    env.execute("probe");
  }

  private static Long slowly(Long number) throws InterruptedException {
    Thread.sleep(1);
    return number;
  }

  private FlinkProbe() {}
}
