package dev.wattbeam.demo;

import dev.wattbeam.pipelines.RunnerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/**
 * What a run of the demo does; checked.
 *
 * @param meters number of simulated meters
 * @param seed of the simulation
 * @param defects share of defects against the default: 0 for none, 1 for the default
 * @param speedUp simulated or replayed time over real time; 0 for as fast as possible
 * @param duration when to stop by itself; null for never
 * @param input the file to feed, null for simulated meters
 * @param format of the file, null without a file
 * @param meter name of the meter where the file does not tell it, or null
 * @param zone of times without one, or null for the format's own
 * @param once whether to send the file, wait, export and end
 * @param export where the exported files go, or null
 * @param ephemeral whether to keep nothing
 * @param dataDir where the servers keep their data, unless ephemeral
 * @param kafkaPort 0 for a free one
 * @param postgresPort 0 for a free one
 * @param runner what runs the pipeline
 * @param parallelism threads of the runner; subtasks per step on Flink
 * @param verbose whether to log to the terminal
 */
record DemoConfig(
    int meters,
    long seed,
    double defects,
    double speedUp,
    Duration duration,
    Path input,
    String format,
    String meter,
    ZoneId zone,
    boolean once,
    Path export,
    boolean ephemeral,
    Path dataDir,
    int kafkaPort,
    int postgresPort,
    Runner runner,
    int parallelism,
    boolean verbose) {
  /** Partitions of the topics that the demo makes; a parallelism has to divide it. */
  static final int PARTITIONS = 4;

  private static final int MAX_METERS = 100_000;
  private static final double MAX_DEFECTS = 10;
  private static final double DEFAULT_SPEED_UP = 60;

  /** What runs the pipeline. */
  enum Runner {
    DIRECT("Beam's Direct runner"),
    FLINK("an embedded Flink"),
    SPARK("an embedded Spark");

    private final String description;

    Runner(String description) {
      this.description = description;
    }

    String description() {
      return description;
    }
  }

  /** Translates a command line; every mistake is added to {@code errors}, one line each. */
  static DemoConfig from(DemoArguments given, List<String> errors) {
    if (given.input != null) {
      forbid(given.meters != null, "--meters", "--input", errors);
      forbid(given.seed != null, "--seed", "--input", errors);
      forbid(given.defects != null, "--defects", "--input", errors);
      if (given.format == null) {
        errors.add("--input needs --format, such as --format=uci-household or a mapping file");
      }
      if (!Files.exists(given.input)) {
        errors.add("--input: there is no file " + given.input);
      } else if (Files.isDirectory(given.input)) {
        errors.add("--input: " + given.input + " is a directory; name a file");
      } else if (!Files.isReadable(given.input)) {
        errors.add("--input: the file " + given.input + " may not be read by this user");
      }
    } else {
      require(given.format != null, "--format", "--input", errors);
      require(given.meter != null, "--meter", "--input", errors);
      require(given.zone != null, "--zone", "--input", errors);
      require(given.once, "--once", "--input", errors);
    }
    require(given.export != null && !given.once, "--export", "--once", errors);
    if (given.once && given.speedUp != null) {
      errors.add("--speedUp: --once sends the file as fast as possible; leave one of them out");
    }
    if (given.once && given.duration != null) {
      errors.add("--duration: --once ends when everything is through; leave one of them out");
    }
    if (given.ephemeral && given.dataDir != null) {
      errors.add("--data-dir: --ephemeral keeps no data; leave one of them out");
    }
    checkExport(given.export, errors);

    int meters = given.meters == null ? 20 : given.meters;
    range(meters >= 1 && meters <= MAX_METERS, "--meters", meters, "1 to " + MAX_METERS, errors);
    double speedUp =
        given.speedUp != null ? given.speedUp : given.input == null ? DEFAULT_SPEED_UP : 0;
    range(
        given.speedUp == null || (speedUp > 0 && speedUp <= 1e6),
        "--speedUp",
        speedUp,
        "above 0, at most 1000000",
        errors);
    int parallelism = given.parallelism == null ? Math.min(2, PARTITIONS) : given.parallelism;
    range(
        parallelism >= 1 && PARTITIONS % parallelism == 0,
        "--parallelism",
        parallelism,
        "1, 2 or 4, a divisor of the topic's " + PARTITIONS + " partitions",
        errors);
    checkPort("--kafkaPort", given.kafkaPort, errors);
    checkPort("--postgresPort", given.postgresPort, errors);
    if (given.kafkaPort != 0 && given.kafkaPort == given.postgresPort) {
      errors.add("--kafkaPort and --postgresPort are both " + given.kafkaPort);
    }
    return new DemoConfig(
        meters,
        given.seed == null ? 1 : given.seed,
        defects(given.defects, errors),
        speedUp,
        given.duration,
        given.input,
        given.format,
        given.meter,
        given.zone,
        given.once,
        given.export,
        given.ephemeral,
        given.dataDir == null ? Path.of(".wattbeam") : given.dataDir,
        given.kafkaPort,
        given.postgresPort,
        runner(given, errors),
        parallelism,
        given.verbose);
  }

  private static void forbid(boolean given, String option, String other, List<String> errors) {
    if (given) {
      errors.add(option + " is for simulated meters and does not go with " + other);
    }
  }

  private static void require(boolean given, String option, String other, List<String> errors) {
    if (given) {
      errors.add(option + " needs " + other);
    }
  }

  private static void range(
      boolean good, String option, Object value, String allowed, List<String> errors) {
    if (!good) {
      errors.add(option + "=" + value + ": allowed is " + allowed);
    }
  }

  private static void checkPort(String option, int port, List<String> errors) {
    range(port >= 0 && port <= 65_535, option, port, "0 (any free port) to 65535", errors);
  }

  private static double defects(String text, List<String> errors) {
    if (text == null || text.equals("on")) {
      return 1;
    }
    if (text.equals("off")) {
      return 0;
    }
    try {
      double share = Double.parseDouble(text);
      if (share >= 0 && share <= MAX_DEFECTS) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Neither a word nor a number: the message below says what is allowed.
    }
    errors.add("--defects=" + text + ": allowed is on, off, or a number from 0 to 10");
    return 0;
  }

  private static Runner runner(DemoArguments given, List<String> errors) {
    String profile = RunnerOptions.ofProfile();
    String text = given.runner != null ? given.runner : profile.isEmpty() ? "flink" : profile;
    Runner runner =
        switch (text) {
          case "direct" -> Runner.DIRECT;
          case "flink" -> Runner.FLINK;
          case "spark" -> Runner.SPARK;
          default -> null;
        };
    if (runner == null) {
      errors.add("--runner=" + text + ": allowed is direct, flink or spark");
    } else if (!RunnerOptions.isHere(text)) {
      errors.add("--runner=" + text + " is not on the class path; start Maven with -P" + text);
    } else if (runner == Runner.SPARK && !given.once) {
      errors.add("--runner=spark runs a file with --once; the live demo needs flink or direct");
    }
    return runner;
  }

  private static void checkExport(Path export, List<String> errors) {
    if (export == null) {
      return;
    }
    if (Files.exists(export)) {
      if (!Files.isDirectory(export)) {
        errors.add("--export: " + export + " is a file; name a directory");
      } else if (!Files.isWritable(export)) {
        errors.add("--export: this user may not write into " + export);
      }
      return;
    }
    Path parent = export.toAbsolutePath().getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
      errors.add("--export: " + export + " cannot be made: " + parent + " is not writable");
    }
  }
}
