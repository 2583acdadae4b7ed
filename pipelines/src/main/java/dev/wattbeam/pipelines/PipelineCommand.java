package dev.wattbeam.pipelines;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The command line of a pipeline: options, start-up checks, run; wrong use gives clear lines. */
public final class PipelineCommand {
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
    if (Arrays.asList(args).contains("--help")) {
      PipelineOptionsFactory.register(optionsType);
      PipelineOptionsFactory.printHelp(System.out, optionsType);
      return;
    }
    T options;
    Pipeline pipeline;
    try {
      options =
          PipelineOptionsFactory.fromArgs(RunnerOptions.complete(args))
              .withValidation()
              .as(optionsType);
      options.setJobName(options.getJobName() == null ? name : options.getJobName());
      pipeline = Pipeline.create(options);
      List<String> problems = check.apply(options);
      if (!problems.isEmpty()) {
        throw new ConfigurationException(problems);
      }
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
    build.accept(pipeline, options);
    PipelineResult.State state = pipeline.run().waitUntilFinish();
    if (state != null && state.isTerminal() && state != PipelineResult.State.DONE) {
      System.err.println(name + ": the job ended as " + state);
      System.exit(FAILED);
    }
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
