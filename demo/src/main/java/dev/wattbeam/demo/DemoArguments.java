package dev.wattbeam.demo;

import dev.wattbeam.pipelines.launcher.WattBeam;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** The command line as typed; {@link DemoConfig} is what it means. */
@Command(
    name = "demo",
    versionProvider = DemoArguments.Version.class,
    sortOptions = false,
    usageHelpWidth = 100,
    usageHelpAutoWidth = true,
    description = {
      "Starts Kafka, PostgreSQL and the pipeline MonitorConsumption in this process and feeds them"
          + " a simulated fleet of meters, or a file. Ctrl-C stops everything.",
      ""
    })
final class DemoArguments {
  /** The version of the build. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"WattBeam demo " + WattBeam.version()};
    }
  }

  // What is measured -----------------------------------------------------------------------------

  @Option(
      names = "--meters",
      paramLabel = "N",
      description = "Number of simulated meters, 1 to 100000 (default: 20).")
  Integer meters;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed simulates the same fleet (default: 1).")
  Long seed;

  @Option(
      names = "--defects",
      paramLabel = "on|off|SHARE",
      description =
          "Whether the simulated meters misbehave: on (the default), off, or how much against the"
              + " default, such as 0.5 or 3.")
  String defects;

  @Option(
      names = "--speedUp",
      paramLabel = "X",
      description =
          "How many times faster than real time (default: 60 for simulated meters; a file is sent"
              + " as fast as possible).")
  Double speedUp;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Stop by itself after this time, such as 90s, 5m, 1h or PT5M.")
  Duration duration;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Feed this file (gzip is recognised) instead of simulated meters.")
  Path input;

  @Option(
      names = "--format",
      paramLabel = "NAME|FILE",
      description =
          "Format of the file: green-button, uci-household, sgsc, london-smart-meter,"
              + " canonical-json, or a mapping file.")
  String format;

  @Option(
      names = "--meter",
      paramLabel = "NAME",
      description = "Name of the meter, for formats whose rows do not tell it.")
  String meter;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "Time zone of the file's times where they have none, such as Europe/Paris.")
  ZoneId zone;

  // One-shot -------------------------------------------------------------------------------------

  @Option(
      names = "--once",
      description =
          "Send the file, wait until everything is through, export, print a summary and end.")
  boolean once;

  @Option(
      names = "--export",
      paramLabel = "DIR",
      description = "With --once: where the CSV files and summary.json go; made if needed.")
  Path export;

  // Where ----------------------------------------------------------------------------------------

  @Option(
      names = "--ephemeral",
      description = "Keep nothing: use a temporary directory and delete it at the end.")
  boolean ephemeral;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the servers keep their data (default: .wattbeam).")
  Path dataDir;

  @Option(
      names = "--kafkaPort",
      paramLabel = "PORT",
      description = "Port of Kafka on 127.0.0.1 (default: a free one).")
  int kafkaPort;

  @Option(
      names = "--postgresPort",
      paramLabel = "PORT",
      description = "Port of PostgreSQL on 127.0.0.1 (default: a free one).")
  int postgresPort;

  // How ------------------------------------------------------------------------------------------

  @Option(
      names = "--runner",
      paramLabel = "flink|direct|spark",
      description =
          "What runs the pipeline: an embedded Flink (the default: about a hundred times as fast on"
              + " a live topic as Beam's Direct runner), Direct, or with --once an embedded Spark."
              + " Maven's profiles -Pflink, -Pdirect and -Pspark choose it as well.")
  String runner;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description =
          "Threads of the runner, on Flink subtasks per step; a divisor of the topic's 4 partitions:"
              + " 1, 2 or 4 (default: 2).")
  Integer parallelism;

  @Option(
      names = "--verbose",
      description = "Log to the terminal what the servers and the pipeline say, at level info.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this and end.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and end.")
  boolean version;
}
