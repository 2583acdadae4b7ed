package dev.wattbeam.benchmarks.live;

import dev.wattbeam.benchmarks.BenchmarkException;
import dev.wattbeam.benchmarks.Database;
import dev.wattbeam.benchmarks.ProcessMeter;
import dev.wattbeam.io.postgres.PostgresConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** MonitorConsumption, streaming on Flink inside a process of its own, with checkpoints. */
final class LiveJob implements AutoCloseable {
  private static final String CHECKPOINTS =
      "org.apache.flink.runtime.checkpoint.CheckpointCoordinator";
  private static final Pattern COMPLETED =
      Pattern.compile("Completed checkpoint \\d+ .*\\((\\d+) bytes, checkpointDuration=(\\d+) ms");
  private static final Pattern USED = Pattern.compile("(?:PSYoungGen|ParOldGen) .*used (\\d+)K");

  private final Process process;
  private final Path log;

  /** A checkpoint as Flink reports it. */
  record Checkpoint(long bytes, long millis) {}

  /** What a job is told. */
  record Settings(
      Path project,
      Path folder,
      String bootstrapServers,
      String topic,
      int parallelism,
      String heap,
      List<String> more) {}

  LiveJob(Settings settings, Database database) throws IOException {
    log = settings.folder().resolve(settings.topic() + ".log");
    List<String> command = new ArrayList<>();
    command.add(java("java"));
    command.add("@" + settings.project().resolve("runners/cluster/java-options"));
    command.add("-Xmx" + settings.heap());
    command.add("-XX:+UseParallelGC");
    command.add("-Duser.timezone=UTC");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-Dorg.slf4j.simpleLogger.log." + CHECKPOINTS + "=info");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.wattbeam.pipelines.monitor.MonitorConsumption");
    command.add("--runner=FlinkRunner");
    command.add("--flinkMaster=[local]");
    command.add("--parallelism=" + settings.parallelism());
    command.add("--stateBackend=filesystem");
    command.add(
        "--stateBackendStoragePath="
            + settings.folder().toAbsolutePath().resolve("checkpoints").toUri());
    command.add("--kafkaTopic=" + settings.topic());
    command.add("--kafkaBootstrapServers=" + settings.bootstrapServers());
    command.add("--postgresUrl=" + database.url());
    command.add("--postgresUser=" + database.user());
    command.addAll(settings.more());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put(PostgresConfig.PASSWORD_VARIABLE, database.password());
    process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-job"));
  }

  private static String java(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }

  /** Fails when the job has ended. */
  void check() {
    if (!process.isAlive()) {
      throw new BenchmarkException(
          "MonitorConsumption ended with exit code " + process.exitValue() + "; see " + log);
    }
  }

  /** All that were completed so far. */
  List<Checkpoint> checkpoints() throws IOException {
    List<Checkpoint> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(log)) {
      lines.forEach(
          line -> {
            Matcher matcher = COMPLETED.matcher(line);
            if (matcher.find()) {
              found.add(
                  new Checkpoint(
                      Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
            }
          });
    }
    return found;
  }

  /** User and system time so far. */
  double cpuSeconds() throws IOException {
    return ProcessMeter.cpuSeconds(process.pid());
  }

  /** Bytes of the heap that are in use after a full collection. */
  long heapBytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher matcher = USED.matcher(jcmd("GC.heap_info"));
    long kilobytes = 0;
    while (matcher.find()) {
      kilobytes += Long.parseLong(matcher.group(1));
    }
    return kilobytes * 1024;
  }

  private String jcmd(String request) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(java("jcmd"), String.valueOf(process.pid()), request)
            .redirectErrorStream(true)
            .start();
    String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    return answer;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
