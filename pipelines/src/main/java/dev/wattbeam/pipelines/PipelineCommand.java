package dev.wattbeam.pipelines;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line of a pipeline: options, start-up checks, run; wrong use gives clear lines. */
public final class PipelineCommand {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineCommand.class);
  private static final int OK = 0;
  private static final int USAGE = 2;
  private static final int FAILED = 1;

  /** What the jars for clusters leave to them. */
  private static final List<String> CLUSTER_CLASSES =
      List.of("org/apache/flink/", "org/apache/spark/", "scala/");

  private PipelineCommand() {}

  /**
   * Runs a pipeline, with the options of its runner where {@code args} does not give them. Exits
   * the process with 2 for wrong options and 1 for a failure.
   *
   * @param name name of the pipeline
   * @param check asks the servers, before anything starts; gives one line per problem
   * @param build adds the pipeline's steps
   */
  public static <T extends PipelineOptions> void run(
      String name,
      String[] args,
      Class<T> optionsType,
      Function<T, List<String>> check,
      BiConsumer<Pipeline, T> build) {
    runThen(
        name,
        args,
        optionsType,
        check,
        (pipeline, options) -> {
          build.accept(pipeline, options);
          return () -> {};
        });
  }

  /**
   * The same for a pipeline that has something to do after it has ended well: what {@code build}
   * returns. A job that is only submitted (detached) does without it. Where {@code build} adds no
   * step there is nothing to run.
   */
  public static <T extends PipelineOptions> void runThen(
      String name,
      String[] args,
      Class<T> optionsType,
      Function<T, List<String>> check,
      BiFunction<Pipeline, T, Runnable> build) {
    PipelineOptionsFactory.register(OperationOptions.class);
    if (Arrays.asList(args).contains("--help")) {
      PipelineOptionsFactory.register(optionsType);
      PipelineOptionsFactory.printHelp(System.out, optionsType);
      return;
    }
    String[] complete = RunnerOptions.complete(args);
    Job job;
    try {
      job = prepare(name, complete, optionsType, check, build);
    } catch (ConfigurationException e) {
      e.errors().forEach(error -> System.err.println(name + ": " + error));
      System.exit(USAGE);
      return;
    } catch (IllegalArgumentException e) {
      System.err.println(name + ": " + firstLine(e) + " (--help lists the options)");
      System.exit(USAGE);
      return;
    } catch (RuntimeException e) {
      System.err.println(name + ": " + firstLine(e));
      System.exit(FAILED);
      return;
    } catch (NoClassDefFoundError e) {
      requireOfCluster(e);
      System.err.println(
          name
              + ": "
              + e.getMessage().replace('/', '.')
              + " is missing: a cluster brings it, this jar does not. Start the jar with flink run or"
              + " spark-submit, or take wattbeam-direct.jar (docs/running.md)");
      System.exit(USAGE);
      return;
    }
    PipelineResult.State state = job.run(RunnerOptions.isDetached(complete));
    if (state != null && state.isTerminal() && state != PipelineResult.State.DONE) {
      System.err.println(name + ": the job ended as " + state);
      System.exit(FAILED);
    }
    if (state == PipelineResult.State.DONE) {
      try {
        job.then().run();
      } catch (RuntimeException e) {
        System.err.println(name + ": " + firstLine(e));
        System.exit(FAILED);
      }
    }
    if (RunnerOptions.embedFlink(List.of(complete))) {
      // Its shutdown hooks need the class loader, which Maven's exec:java closes after main.
      System.exit(OK);
    }
  }

  /** All that can be wrong before anything starts is found here. */
  private static <T extends PipelineOptions> Job prepare(
      String name,
      String[] args,
      Class<T> optionsType,
      Function<T, List<String>> check,
      BiFunction<Pipeline, T, Runnable> build) {
    T options = PipelineOptionsFactory.fromArgs(args).withValidation().as(optionsType);
    if (Arrays.stream(args).noneMatch(arg -> arg.startsWith("--jobName="))) {
      options.setJobName(name);
    }
    Pipeline pipeline = Pipeline.create(options);
    refuse(check.apply(options));
    Runnable then = build.apply(pipeline, options);
    refuse(
        isUnbounded(pipeline)
            ? RunnerOptions.missingForStreaming(args)
            : RunnerOptions.wrongForBounded(args));
    PrometheusEndpoint metrics = metrics(options);
    LOG.info(
        "Pipeline {} starts as job '{}' on {}",
        name,
        options.getJobName(),
        options.getRunner().getSimpleName());
    return new Job(pipeline, metrics, then);
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /**
   * A pipeline that can start.
   *
   * @param metrics null when nobody asked for them
   * @param then what to do after it has ended well
   */
  private record Job(Pipeline pipeline, PrometheusEndpoint metrics, Runnable then) {
    PipelineResult.State run(boolean detached) {
      try (metrics) {
        if (isEmpty(pipeline)) {
          return PipelineResult.State.DONE; // Flink refuses a job without steps.
        }
        PipelineResult result = pipeline.run();
        if (detached) {
          return PipelineResult.State.RUNNING;
        }
        if (metrics != null) {
          metrics.show(result);
        }
        return result.waitUntilFinish();
      } catch (RuntimeException e) {
        if (!isDetached(e)) {
          throw e;
        }
        return PipelineResult.State.RUNNING;
      }
    }
  }

  /** {@code flink run -d}: Beam's runner asks for the result of a job that was only submitted. */
  private static boolean isDetached(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("submitted in detached mode")) {
        return true;
      }
    }
    return false;
  }

  /** Null when no port is given. */
  private static PrometheusEndpoint metrics(PipelineOptions options) {
    int port = options.as(OperationOptions.class).getPrometheusPort();
    if (port == 0) {
      return null;
    }
    try {
      PrometheusEndpoint metrics = PrometheusEndpoint.start(options.getJobName(), port);
      LOG.info("Metrics for Prometheus at http://127.0.0.1:{}/metrics", metrics.port());
      return metrics;
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(
          List.of("--prometheusPort=" + port + " cannot be served: " + e.getMessage()));
    }
  }

  private static boolean isEmpty(Pipeline pipeline) {
    boolean[] empty = {true};
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            empty[0] = false;
          }
        });
    return empty[0];
  }

  private static boolean isUnbounded(Pipeline pipeline) {
    boolean[] unbounded = new boolean[1];
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitValue(PValue value, TransformHierarchy.Node producer) {
            unbounded[0] |=
                value instanceof PCollection<?> collection
                    && collection.isBounded() == PCollection.IsBounded.UNBOUNDED;
          }
        });
    return unbounded[0];
  }

  private static void requireOfCluster(NoClassDefFoundError e) {
    if (e.getMessage() == null || CLUSTER_CLASSES.stream().noneMatch(e.getMessage()::contains)) {
      throw e;
    }
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse(message);
  }
}
