package dev.wattbeam.pipelines.monitor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code flink-cluster} or {@code spark-cluster}, with a cluster of its own. */
final class ClusterProgram {
  private static final Path RUNNERS = Path.of("..").toAbsolutePath().normalize();

  private final Path program;
  private final Path jar;
  private final Path folder;
  private final String name;

  private ClusterProgram(String kind, String name) {
    this.program = RUNNERS.resolve(kind).resolve("cluster").resolve(kind + "-cluster");
    this.jar = RUNNERS.resolve(kind).resolve("target").resolve("wattbeam-" + kind + ".jar");
    String clusters = System.getenv("WATTBEAM_CLUSTERS");
    this.folder =
        (clusters == null
                ? RUNNERS.resolveSibling(".wattbeam").resolve("clusters")
                : Path.of(clusters))
            .resolve("run")
            .resolve(kind + "-" + name);
    this.name = name;
  }

  static ClusterProgram flink(String name) {
    return new ClusterProgram("flink", name);
  }

  static ClusterProgram spark(String name) {
    return new ClusterProgram("spark", name);
  }

  /** The jar with the pipelines for this kind of cluster. */
  Path jar() {
    return jar;
  }

  /** Where the cluster keeps its logs, until {@code stop --purge}. */
  Path folder() {
    return folder;
  }

  /** Runs a command to its end and gives what it prints to stdout; fails if the command does. */
  String run(String... arguments) {
    Outcome outcome = outcome(arguments);
    if (outcome.code() != 0) {
      throw new AssertionError(
          String.join(" ", arguments)
              + ": exit code "
              + outcome.code()
              + "\n"
              + outcome.output()
              + outcome.messages());
    }
    return outcome.output();
  }

  /** As {@link #run}, but empty if the command fails. */
  Optional<String> ask(String... arguments) {
    Outcome outcome = outcome(arguments);
    return outcome.code() == 0 ? Optional.of(outcome.output().strip()) : Optional.empty();
  }

  private record Outcome(int code, String output, String messages) {}

  private Outcome outcome(String... arguments) {
    try {
      Path output = Files.createTempFile("wattbeam-cluster", ".out");
      Path messages = Files.createTempFile("wattbeam-cluster", ".err");
      try {
        int code = start(output.toFile(), messages.toFile(), arguments).waitFor();
        return new Outcome(code, Files.readString(output), Files.readString(messages));
      } finally {
        Files.delete(output);
        Files.delete(messages);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts a command that goes on, such as a driver of Spark. */
  Process start(File output, File messages, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--name", name));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command).redirectOutput(output).redirectError(messages).start();
  }
}
