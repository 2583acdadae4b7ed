package dev.wattbeam.demo;

import dev.wattbeam.pipelines.RunnerOptions;
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.pipelines.monitor.MonitorOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;

/** The pipeline MonitorConsumption as a job in this process. */
final class MonitorJob {
  /** Consumer group of the pipeline. */
  static final String GROUP = "wattbeam-demo";

  private static final long CHECKPOINT_MILLIS = 5_000;
  private static final long STOP_LIMIT_NANOS = 3_000_000_000L;
  private static final MetricsFilter OURS =
      MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace("wattbeam")).build();

  private final PipelineResult result;

  private MonitorJob(PipelineResult result) {
    this.result = result;
  }

  /** Loads the runner's classes, which takes seconds, while there is nothing else to do. */
  static void loadClasses(DemoConfig config) {
    if (config.runner() == DemoConfig.Runner.FLINK) {
      String[] arguments = RunnerOptions.complete("--runner=FlinkRunner", "--flinkMaster=[local]");
      Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
      pipeline.apply("Nothing", Create.of(0));
      pipeline.run().waitUntilFinish();
    }
  }

  /** Starts the job on a live topic; it runs until {@link #stop()}. */
  static MonitorJob startLive(
      DemoConfig config, Servers servers, DataDirectory directory, String topic) {
    List<String> arguments = arguments(servers, topic);
    arguments.add("--kafkaIdlePartitionAfter=PT5S");
    arguments.add("--meterDirectoryRefresh=PT5S");
    arguments.add("--earlyEvery=PT2S");
    arguments.addAll(
        switch (config.runner()) {
          case DIRECT -> List.of("--blockOnRun=false");
          case FLINK ->
              List.of(
                  "--streaming=true",
                  "--attachedMode=false",
                  "--checkpointingInterval=" + CHECKPOINT_MILLIS,
                  "--stateBackend=filesystem",
                  "--stateBackendStoragePath=" + directory.path().resolve("checkpoints").toUri());
          case SPARK -> throw new IllegalStateException("DemoConfig refuses a live topic on Spark");
        });
    return new MonitorJob(run(config, arguments));
  }

  /**
   * Runs the job over what the topic holds now and waits for its end.
   *
   * @throws RuntimeException when the job fails
   */
  static MonitorJob runBounded(DemoConfig config, Servers servers, String topic) {
    List<String> arguments = arguments(servers, topic);
    arguments.add("--kafkaBounded=true");
    // A file is history: nothing in it is too late.
    arguments.add("--allowedLateness=unlimited");
    if (config.runner() == DemoConfig.Runner.FLINK) {
      arguments.add("--shutdownSourcesAfterIdleMs=0");
    }
    PipelineResult result = run(config, arguments);
    State state = result.waitUntilFinish();
    if (state != State.DONE) {
      throw new DemoException("The pipeline ended as " + state + ", not as DONE");
    }
    return new MonitorJob(result);
  }

  private static PipelineResult run(DemoConfig config, List<String> arguments) {
    arguments.addAll(
        switch (config.runner()) {
          // Its checks compare each element before and after each step: for tests of pipelines.
          case DIRECT ->
              List.of(
                  "--runner=DirectRunner",
                  "--targetParallelism=" + config.parallelism(),
                  "--enforceImmutability=false",
                  "--enforceEncodability=false");
          case FLINK ->
              List.of(
                  "--runner=FlinkRunner",
                  "--flinkMaster=[local]",
                  "--parallelism=" + config.parallelism());
          case SPARK ->
              List.of("--runner=SparkRunner", "--sparkMaster=local[" + config.parallelism() + "]");
        });
    MonitorOptions options =
        PipelineOptionsFactory.fromArgs(RunnerOptions.complete(arguments.toArray(new String[0])))
            .withValidation()
            .as(MonitorOptions.class);
    Pipeline pipeline = Pipeline.create(options);
    MonitorConsumption.build(pipeline, options);
    return pipeline.run();
  }

  private static List<String> arguments(Servers servers, String topic) {
    return new ArrayList<>(
        List.of(
            "--kafkaBootstrapServers=" + servers.kafka().bootstrapServers(),
            "--kafkaTopic=" + topic,
            "--kafkaGroupId=" + GROUP,
            "--postgresUrl=" + servers.jdbcUrl(),
            "--postgresUser=" + Servers.PIPELINE_USER,
            "--postgresPasswordFile=" + servers.passwordFile(Servers.PIPELINE_USER)));
  }

  /** Whether the job ended; a live job should not, so that is a failure. */
  boolean ended() {
    try {
      return result.getState().isTerminal();
    } catch (RuntimeException e) {
      return true; // Flink's embedded cluster goes with its job.
    }
  }

  /** Why the job ended, in one line. */
  String failure() {
    try {
      return "it ended as " + result.waitUntilFinish();
    } catch (RuntimeException e) {
      return Failures.oneLine(e);
    }
  }

  /** The pipeline's counters by name, such as {@code duplicates}, summed over its steps. */
  Map<String, Long> counters() {
    Map<String, Long> sums = new TreeMap<>();
    for (MetricResult<Long> counter : result.metrics().queryMetrics(OURS).getCounters()) {
      sums.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
    }
    return sums;
  }

  /**
   * Cancels the job and gives it some time to let go of its connections.
   *
   * @throws IOException when it does not follow
   */
  void stop() throws IOException {
    if (ended()) {
      return;
    }
    result.cancel();
    long deadline = System.nanoTime() + STOP_LIMIT_NANOS;
    // Not waitUntilFinish: on Flink it keeps asking a cluster that is gone.
    while (!ended() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(20_000_000L);
    }
  }
}
