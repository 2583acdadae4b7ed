package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A pipeline of a runner's jar at work: a process of this machine, its own or one that waits for a
 * cluster's job.
 */
record RunningJar(String name, Process process, File output, File messages)
    implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Path OUTPUT = Path.of("target", "equivalence").toAbsolutePath();

  /** Starts a runner's jar with these arguments. */
  interface Start {
    Process with(File output, File messages, List<String> arguments) throws IOException;
  }

  static RunningJar start(String name, Start start, String pipeline, String... arguments)
      throws IOException {
    Files.createDirectories(OUTPUT);
    File output = OUTPUT.resolve(name + ".out").toFile();
    File messages = OUTPUT.resolve(name + ".err").toFile();
    List<String> all = new ArrayList<>(List.of(pipeline));
    all.addAll(List.of(arguments));
    return new RunningJar(name, start.with(output, messages, all), output, messages);
  }

  /** Fails unless it ends with exit code 0. */
  static void runToEnd(String name, Start start, String pipeline, String... arguments)
      throws IOException {
    try (RunningJar job = start(name, start, pipeline, arguments)) {
      job.awaitEnd();
      assertThat(job.process.exitValue()).as("see %s", job.messages).isZero();
    }
  }

  void requireRunning() {
    if (!process.isAlive()) {
      throw new AssertionError(
          name + " ended with exit code " + process.exitValue() + ", see " + messages);
    }
  }

  void awaitEnd() {
    try {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("%s ends, see %s", name, messages)
          .isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
