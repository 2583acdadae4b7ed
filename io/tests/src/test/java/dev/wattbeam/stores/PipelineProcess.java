package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.pipelines.launcher.WattBeam;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A pipeline in a process of its own, by the launcher, with the engine of its runner inside: one
 * class path has either Flink or Spark.
 */
public final class PipelineProcess implements AutoCloseable {
  private static final Path RUNNERS = Path.of("..", "..", "runners").toAbsolutePath().normalize();
  private static final int LIMIT_MINUTES = 10;

  private final Process process;
  private final Path log;

  private PipelineProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param runner direct, flink or spark
   * @param folder where its log goes
   */
  public static PipelineProcess start(
      String runner, Path folder, String pipeline, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Duser.timezone=UTC",
            "@" + RUNNERS.resolve("cluster").resolve("java-options"),
            // An embedded Spark would listen on all networks.
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.ui.enabled=false",
            "-cp",
            classPath(runner),
            WattBeam.class.getName(),
            pipeline));
    command.addAll(Arrays.asList(arguments));
    if (runner.equals("flink")) {
      command.addAll(List.of("--flinkMaster=[local]", "--parallelism=2"));
    }
    Path log = Files.createTempFile(folder, runner + "-" + pipeline + "-", ".log");
    return new PipelineProcess(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
        log);
  }

  private static String classPath(String runner) throws IOException {
    if (runner.equals("direct")) {
      return System.getProperty("java.class.path");
    }
    Path target = RUNNERS.resolve(runner).resolve("target");
    return target.resolve("classes")
        + File.pathSeparator
        + Files.readString(target.resolve("class-path"));
  }

  /** Starts it, and fails unless it ends well. */
  public static void run(String runner, Path folder, String pipeline, String... arguments)
      throws IOException {
    try (PipelineProcess job = start(runner, folder, pipeline, arguments)) {
      assertThat(job.process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
          .as("%s ends on %s", pipeline, runner)
          .isTrue();
      assertThat(job.process.exitValue()).as(job.said()).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A job without end that has ended has failed. */
  public void requireRunning() {
    if (!process.isAlive()) {
      throw new AssertionError("It ended: " + said());
    }
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets it tidy up, as Flink does. */
  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }
}
