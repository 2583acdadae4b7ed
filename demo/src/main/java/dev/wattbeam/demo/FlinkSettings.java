package dev.wattbeam.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;

/** How the embedded Flink is set up. */
final class FlinkSettings {
  private FlinkSettings() {}

  /** Flink in this process. */
  static void apply(FlinkPipelineOptions flink, int parallelism) {
    flink.setRunner(FlinkRunner.class);
    flink.setFlinkMaster("[local]");
    flink.setFlinkConfDir(configuration().toString());
    flink.setParallelism(parallelism);
    flink.setObjectReuse(true);
    flink.setFasterCopy(true);
    flink.setMaxBundleSize(20_000L);
    flink.setMaxBundleTimeMills(1_000L);
  }

  /**
   * A configuration that names a class path, so that Flink makes a class loader whose parent is the
   * one that loaded this program; without one it takes the JVM's system class loader, which knows
   * nothing when Maven's exec:java runs the program.
   */
  private static Path configuration() {
    try {
      Path directory = Files.createTempDirectory("wattbeam-flink");
      Path empty = Files.createDirectory(directory.resolve("empty"));
      Path file = directory.resolve("config.yaml");
      Files.write(
          file,
          List.of(
              "pipeline.classpaths: " + empty.toUri(),
              "classloader.resolve-order: parent-first",
              "classloader.check-leaked-classloader: false",
              // Without these it listens on all networks.
              "rest.address: 127.0.0.1",
              "rest.bind-address: 127.0.0.1",
              "jobmanager.bind-host: 127.0.0.1",
              "taskmanager.host: 127.0.0.1",
              "taskmanager.bind-host: 127.0.0.1"));
      for (Path path : List.of(directory, empty, file)) {
        path.toFile().deleteOnExit();
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write Flink's configuration", e);
    }
  }
}
