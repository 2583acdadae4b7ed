package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** MonitorConsumption on the Direct runner, from a topic to a database. */
final class Job implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final PipelineResult result;

  private Job(PipelineResult result) {
    this.result = result;
  }

  /** What a command line has to hold, and more. */
  static String[] arguments(TestTopic topic, TestDatabase database, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--kafkaBootstrapServers=" + TestTopic.servers(),
                "--kafkaTopic=" + topic.name(),
                "--kafkaGroupId=group-" + topic.name(),
                "--postgresUrl=" + database.url(),
                "--postgresUser=" + database.user(),
                "--postgresPasswordFile=" + database.passwordFile()));
    arguments.addAll(Arrays.asList(more));
    return arguments.toArray(String[]::new);
  }

  /** Runs until {@link #close}. */
  static Job stream(TestTopic topic, TestDatabase database, String... more) {
    return run(false, arguments(topic, database, more));
  }

  /** Runs over what the topic holds now. */
  static Job runBounded(TestTopic topic, TestDatabase database, String... more) {
    List<String> arguments = new ArrayList<>(List.of(arguments(topic, database, more)));
    arguments.add("--kafkaBounded=true");
    Job job = run(true, arguments.toArray(String[]::new));
    assertThat(job.result.waitUntilFinish()).isEqualTo(State.DONE);
    return job;
  }

  private static Job run(boolean block, String... arguments) {
    MonitorOptions options =
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(MonitorOptions.class);
    options.setRunner(DirectRunner.class);
    options.as(DirectOptions.class).setBlockOnRun(block);
    Pipeline pipeline = Pipeline.create(options);
    MonitorConsumption.build(pipeline, options);
    return new Job(pipeline.run());
  }

  /** A job that ended by itself has failed; throws what it failed with. */
  void requireRunning() {
    if (result.getState().isTerminal()) {
      throw new AssertionError("The job ended as " + result.waitUntilFinish());
    }
  }

  /** The pipeline's counters by name, summed over its steps. */
  Map<String, Long> counters() {
    MetricsFilter ours =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace("wattbeam")).build();
    Map<String, Long> sums = new TreeMap<>();
    for (MetricResult<Long> counter : result.metrics().queryMetrics(ours).getCounters()) {
      sums.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
    }
    return sums;
  }

  @Override
  public void close() throws IOException {
    if (!result.getState().isTerminal()) {
      result.cancel();
      long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
      while (!result.getState().isTerminal() && System.nanoTime() < deadline) {
        Waiting.pause(20);
      }
    }
  }
}
