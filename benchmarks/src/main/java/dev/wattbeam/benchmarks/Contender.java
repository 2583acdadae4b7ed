package dev.wattbeam.benchmarks;

import dev.wattbeam.benchmarks.parts.Workload;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Who takes part, and how its process is started. */
enum Contender {
  /** Polls and throws away: what Kafka's client can do. */
  RAW_CONSUME("raw-consume", "dev.wattbeam.benchmarks.threads.RawConsume"),
  /** One plain thread: the reference that all others' results have to equal. */
  ONE_THREAD("one-thread", "dev.wattbeam.benchmarks.threads.PlainThreads"),
  /** As many plain threads as cores: the limit of the machine. */
  TWO_THREADS("two-threads", "dev.wattbeam.benchmarks.threads.PlainThreads"),
  FLINK_NATIVE("flink-native", "dev.wattbeam.benchmarks.flink.FlinkContender"),
  KAFKA_STREAMS("kafka-streams", "dev.wattbeam.benchmarks.streams.StreamsContender"),
  PYSPARK("pyspark", "org.apache.spark.deploy.SparkSubmit"),
  WATTBEAM_FLINK("wattbeam-flink", "dev.wattbeam.benchmarks.beam.BeamContender"),
  WATTBEAM_SPARK("wattbeam-spark", "dev.wattbeam.benchmarks.beam.BeamContender"),
  /** COPY of the reference's rows, without reading or computing anything: the limit of the sink. */
  PLAIN_COPY("plain-copy", "dev.wattbeam.benchmarks.threads.PlainCopy"),
  /** The same rows through the product's sink, by a Beam pipeline on Flink. */
  SINK_UPSERT("sink-upsert", "dev.wattbeam.benchmarks.beam.SinkContender"),
  /** The same rows through Beam's own sink. */
  SINK_JDBCIO("sink-jdbcio", "dev.wattbeam.benchmarks.beam.SinkContender");

  private static final String PRODUCT = "dev.wattbeam.pipelines.monitor.MonitorConsumption";

  private final String code;
  private final String mainClass;

  Contender(String code, String mainClass) {
    this.code = code;
    this.mainClass = mainClass;
  }

  /**
   * What a process is told.
   *
   * @param project the project's folder
   * @param sparkHome Spark's distribution
   * @param heap of a JVM, as for -Xmx
   */
  record Task(
      Workload workload,
      String topic,
      String bootstrapServers,
      String postgresUrl,
      String postgresUser,
      int parallelism,
      Path project,
      Path sparkHome,
      String heap) {}

  static Contender of(String code) {
    return Arrays.stream(values())
        .filter(contender -> contender.code.equals(code))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "contender '"
                        + code
                        + "' is unknown: choose among "
                        + Arrays.stream(values())
                            .map(contender -> contender.code)
                            .collect(Collectors.joining(", "))));
  }

  String code() {
    return code;
  }

  @Override
  public String toString() {
    return code;
  }

  boolean needsSpark() {
    return this == PYSPARK || this == WATTBEAM_SPARK;
  }

  /** Whether it does this work at all, with this parallelism. */
  boolean takesPart(Workload workload, int parallelism) {
    return switch (this) {
      case PYSPARK -> workload != Workload.WHOLE_JOB;
      case TWO_THREADS -> parallelism > 1;
      case SINK_UPSERT, SINK_JDBCIO -> workload == Workload.DOWNSAMPLING;
      default -> true;
    };
  }

  /** Whether it writes rows; else only its consumption is looked at. */
  boolean writesRows() {
    return this != RAW_CONSUME;
  }

  /** Whether it reads the topic. */
  boolean readsTopic() {
    return this != PLAIN_COPY && !isSink();
  }

  /** The command line. */
  List<String> command(Task task) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + task.project().resolve("runners/cluster/java-options"));
    command.add("-Xmx" + task.heap());
    // Two cores and short-lived garbage: the collector for throughput. Equal for all.
    command.add("-XX:+UseParallelGC");
    // Classes as they were loaded by an earlier run; the first run keeps them.
    Path classData = classData(task);
    if (Files.exists(classData)) {
      command.add("-XX:SharedArchiveFile=" + classData);
    } else if (keepsClassData()) {
      command.add("-XX:ArchiveClassesAtExit=" + classData);
    }
    command.add("-Duser.timezone=UTC");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(classPath(task));
    if (this == PYSPARK) {
      command.addAll(sparkSubmit(task));
      command.addAll(arguments(task));
      return command;
    }
    if (isWattBeam()) {
      boolean product = task.workload() == Workload.WHOLE_JOB;
      command.add(product ? PRODUCT : mainClass);
      command.addAll(beamArguments(task));
      return command;
    }
    command.add(mainClass);
    command.addAll(isSink() ? sinkArguments(task) : arguments(task));
    return command;
  }

  /** Whether a run has to be done first, so that the others start as fast as they can. */
  boolean needsRehearsal(Task task) {
    return keepsClassData() && !Files.exists(classData(task));
  }

  /** The JVM keeps classes of jars only; in tests this one is not in a jar. */
  private static boolean keepsClassData() {
    return Files.isRegularFile(Path.of(ownClasses()));
  }

  /** Newer jars have an archive of their own. */
  private Path classData(Task task) {
    try {
      Path jar = Path.of(ownClasses());
      // The whole job is another program, the other workloads are almost the same one.
      String name = task.workload() == Workload.WHOLE_JOB ? code + "-whole-job" : code;
      return jar.resolveSibling(name + "-" + Files.getLastModifiedTime(jar).toMillis() + ".jsa");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isSink() {
    return this == SINK_UPSERT || this == SINK_JDBCIO;
  }

  private boolean isWattBeam() {
    return this == WATTBEAM_FLINK || this == WATTBEAM_SPARK;
  }

  private String classPath(Task task) {
    Path jars = task.sparkHome().resolve("jars");
    return switch (this) {
      case WATTBEAM_SPARK ->
          String.join(
              File.pathSeparator,
              ownClasses(),
              task.project().resolve("runners/spark/target/wattbeam-spark.jar").toString(),
              jars + "/*");
      case PYSPARK ->
          String.join(
              File.pathSeparator, jars + "/*", pysparkJars(task.project()).toString() + "/*");
      default -> System.getProperty("java.class.path");
    };
  }

  /** The jar, or the folder in tests, that holds this class. */
  private static String ownClasses() {
    return Path.of(
            URI.create(
                Contender.class.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  private static Path pysparkJars(Path project) {
    return project.resolve("benchmarks/target/pyspark-jars");
  }

  private List<String> sparkSubmit(Task task) {
    return List.of(
        mainClass,
        "--master",
        "local[" + task.parallelism() + "]",
        "--conf",
        "spark.driver.host=127.0.0.1",
        "--conf",
        "spark.driver.bindAddress=127.0.0.1",
        "--conf",
        "spark.ui.enabled=false",
        task.project().resolve("benchmarks/src/main/python/contender.py").toString());
  }

  private List<String> arguments(Task task) {
    int parallelism =
        switch (this) {
          case RAW_CONSUME, ONE_THREAD, PLAIN_COPY -> 1;
          default -> task.parallelism();
        };
    return List.of(
        "--workload=" + task.workload().code(),
        "--topic=" + task.topic(),
        "--bootstrapServers=" + task.bootstrapServers(),
        "--postgresUrl=" + task.postgresUrl(),
        "--postgresUser=" + task.postgresUser(),
        "--parallelism=" + parallelism);
  }

  private List<String> sinkArguments(Task task) {
    return List.of(
        "--sink=" + (this == SINK_UPSERT ? "upsert" : "jdbcio"),
        "--postgresUrl=" + task.postgresUrl(),
        "--postgresUser=" + task.postgresUser(),
        "--runner=FlinkRunner",
        "--flinkMaster=[local]",
        "--parallelism=1");
  }

  private List<String> beamArguments(Task task) {
    List<String> arguments = new ArrayList<>();
    if (task.workload() != Workload.WHOLE_JOB) {
      arguments.add("--workload=" + task.workload().code());
    } else {
      arguments.add("--kafkaBounded=true");
    }
    arguments.add("--kafkaTopic=" + task.topic());
    arguments.add("--kafkaBootstrapServers=" + task.bootstrapServers());
    arguments.add("--postgresUrl=" + task.postgresUrl());
    arguments.add("--postgresUser=" + task.postgresUser());
    if (this == WATTBEAM_FLINK) {
      arguments.add("--runner=FlinkRunner");
      arguments.add("--flinkMaster=[local]");
      arguments.add("--parallelism=" + task.parallelism());
    } else {
      arguments.add("--runner=SparkRunner");
      arguments.add("--sparkMaster=local[" + task.parallelism() + "]");
    }
    return arguments;
  }
}
