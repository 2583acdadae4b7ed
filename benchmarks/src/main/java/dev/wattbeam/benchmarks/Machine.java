package dev.wattbeam.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the figures were measured on. */
public final class Machine {
  private Machine() {}

  /** Processor, memory and versions. */
  public static Map<String, Object> describe() throws IOException {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("processor", field(Path.of("/proc/cpuinfo"), "model name"));
    machine.put("memory", field(Path.of("/proc/meminfo"), "MemTotal"));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("java", System.getProperty("java.vm.version"));
    machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    machine.put("load", Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    return machine;
  }

  private static String field(Path file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    }
  }

  /** The commit of a checkout, with a mark if there is more than that in it. */
  public static String commit(Path project) throws IOException, InterruptedException {
    String commit = git(project, "rev-parse", "HEAD");
    if (commit.isEmpty()) {
      return "unknown";
    }
    boolean changed = !git(project, "status", "--porcelain", "--untracked-files=no").isEmpty();
    return changed ? commit + " with changes" : commit;
  }

  private static String git(Path project, String... arguments)
      throws IOException, InterruptedException {
    String[] command = Stream.concat(Stream.of("git"), Stream.of(arguments)).toArray(String[]::new);
    Process process =
        new ProcessBuilder(command)
            .directory(project.toAbsolutePath().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? answer.strip() : "";
  }
}
