package dev.wattbeam.pipelines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Which runner a job gets, and the options that this runner gets unless the command line gives
 * them. They are in {@code runners/<runner>}, which brings the runner along.
 */
public final class RunnerOptions {
  /** Set by Maven's exec:java: the profile's runner, inside this process. */
  private static final String PROFILE = "wattbeam.runner";

  private static final String RESOURCES = "/dev/wattbeam/runners/";
  private static final List<String> RUNNERS = List.of("direct", "flink", "spark");

  private RunnerOptions() {}

  /** The runner that Maven's profile asks for; empty without one. */
  public static String ofProfile() {
    return System.getProperty(PROFILE, "");
  }

  /** The command line with the options of its runner, as far as it does not give them itself. */
  public static String[] complete(String... args) {
    List<String> complete = new ArrayList<>(List.of(args));
    String runner = runner(args);
    Properties defaults = load(runner);
    for (String name : new TreeSet<>(defaults.stringPropertyNames())) {
      addUnlessGiven(complete, name, defaults.getProperty(name));
    }
    // Else Beam sends the whole class path to the workers, with all that the cluster has already.
    String jar = jarWithEverything(runner);
    if (jar != null) {
      addUnlessGiven(complete, "filesToStage", jar);
    }
    if (complete.stream().noneMatch(arg -> arg.contains("s3://"))) {
      // Beam gets S3 ready for every job; without a region Amazon's client searches the network.
      addUnlessGiven(complete, "awsRegion", "us-east-1");
    }
    if (runner.equals("flink")) {
      if (ofProfile().equals("flink")) {
        addUnlessGiven(complete, "flinkMaster", "[local]");
      }
      if (embedFlink(complete) && value(complete, "flinkConfDir") == null) {
        complete.add("--flinkConfDir=" + configuration());
      }
    }
    return complete.toArray(new String[0]);
  }

  /** Whether these options run Flink inside this process. */
  static boolean embedFlink(List<String> args) {
    return args.contains("--flinkMaster=[local]");
  }

  /** What is missing for a job that goes on for ever; one line per problem. */
  static List<String> missingForStreaming(String... args) {
    // Beam's default has the name of the job in /tmp: any earlier job of that name would go on.
    return runner(args).equals("spark") && value(List.of(args), "checkpointDir") == null
        ? List.of(
            "--checkpointDir is missing: after a failure, streaming on Spark goes on from there;"
                + " give a directory of this job's own, on storage that all machines see, such as"
                + " hdfs://namenode/wattbeam/monitor")
        : List.of();
  }

  /** What a job that has an end must not be given; one line per problem. */
  static List<String> wrongForBounded(String... args) {
    List<String> problems = new ArrayList<>();
    if (runner(args).equals("flink")) {
      for (String option : List.of("streaming", "useDataStreamForBatch")) {
        if (List.of(args).contains("--" + option) || "true".equals(value(List.of(args), option))) {
          // LazyFlinkSourceSplitEnumerator: who asks before the splits are found hears of none.
          problems.add(
              "--"
                  + option
                  + ": with it, Beam 2.70.0 on Flink may end a bounded job that has read"
                  + " nothing; leave it out, or read without end");
        }
      }
    }
    return problems;
  }

  /** Whether the job is left to the cluster, as Flink's option says. */
  static boolean isDetached(String... args) {
    return "false".equals(value(List.of(args), "attachedMode"));
  }

  private static String runner(String... args) {
    String given = value(List.of(args), "runner");
    if (given != null) {
      String name = given.substring(given.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      return name.endsWith("runner") ? name.substring(0, name.length() - "runner".length()) : name;
    }
    return ofProfile().isEmpty()
        ? RUNNERS.stream().filter(RunnerOptions::isHere).findFirst().orElse("")
        : ofProfile();
  }

  /** Whether {@code runners/<runner>} is on the class path. */
  public static boolean isHere(String runner) {
    return RunnerOptions.class.getResource(RESOURCES + runner + ".properties") != null;
  }

  /** The jar of this runner that runs; null when the classes come from elsewhere. */
  private static String jarWithEverything(String runner) {
    URL classes = RunnerOptions.class.getProtectionDomain().getCodeSource().getLocation();
    URL options = RunnerOptions.class.getResource(RESOURCES + runner + ".properties");
    return options != null && options.toString().startsWith("jar:" + classes + "!")
        ? Path.of(URI.create(classes.toString())).toString()
        : null;
  }

  private static Properties load(String runner) {
    Properties properties = new Properties();
    if (RUNNERS.contains(runner) && isHere(runner)) {
      try (InputStream in = open(runner + ".properties")) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the options of the runner " + runner, e);
      }
    }
    return properties;
  }

  private static InputStream open(String resource) {
    return RunnerOptions.class.getResourceAsStream(RESOURCES + resource);
  }

  private static void addUnlessGiven(List<String> args, String name, String value) {
    if (value(args, name) == null) {
      args.add("--" + name + "=" + value);
    }
  }

  /** Null when it is not given. */
  private static String value(List<String> args, String name) {
    String start = "--" + name + "=";
    return args.stream()
        .filter(arg -> arg.startsWith(start))
        .map(arg -> arg.substring(start.length()))
        .findFirst()
        .orElse(null);
  }

  /** Flink takes its configuration from a directory only. */
  private static Path configuration() {
    try (InputStream in = open("embedded-flink.yaml")) {
      Path directory = Files.createTempDirectory("wattbeam-flink");
      Path file = directory.resolve("config.yaml");
      Files.copy(in, file);
      directory.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write Flink's configuration", e);
    }
  }
}
