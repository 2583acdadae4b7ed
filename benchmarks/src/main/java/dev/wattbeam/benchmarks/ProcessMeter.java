package dev.wattbeam.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Runs a contender's process and looks at it from outside, the same for all. Needs Linux. */
public final class ProcessMeter {
  private static final Duration LOOK_AT_BYTES = Duration.ofMillis(5);
  private static final Duration LOOK_AT_PROCESSES = Duration.ofMillis(200);

  /** Of every Linux that runs Java: sysconf(_SC_CLK_TCK). */
  private static final double TICKS_PER_SECOND = 100;

  private ProcessMeter() {}

  /**
   * What was seen.
   *
   * @param firstBytes when the broker had handed out the first bytes; null if it never did
   * @param cpuSeconds of the process and all that it started
   */
  record Seen(
      boolean timedOut,
      int exitCode,
      Instant started,
      Instant ended,
      Instant firstBytes,
      double cpuSeconds,
      long peakRssMb) {
    double wallSeconds() {
      return seconds(started, ended);
    }
  }

  /** Seconds between two moments. */
  static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }

  /**
   * Runs a command to its end.
   *
   * @param log takes what it says
   * @param bytesOut what the broker has handed out so far
   */
  static Seen run(
      List<String> command,
      Map<String, String> environment,
      Path log,
      Duration limit,
      LongSupplier bytesOut)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    double cpuBefore = cpuOfEndedChildren();
    long bytesBefore = bytesOut.getAsLong();
    Instant firstBytes = null;
    Map<Long, Long> peakKb = new HashMap<>();
    Map<Long, Double> cpu = new HashMap<>();
    Instant started = Instant.now();
    Instant deadline = started.plus(limit);
    Instant lookAgain = started;
    Process process = builder.start();
    Thread end = new Thread(() -> kill(process), "end-" + process.pid());
    Runtime.getRuntime().addShutdownHook(end);
    boolean timedOut = false;
    while (!process.waitFor(LOOK_AT_BYTES.toMillis(), TimeUnit.MILLISECONDS)) {
      Instant now = Instant.now();
      if (firstBytes == null && bytesOut.getAsLong() != bytesBefore) {
        firstBytes = now;
      }
      if (now.isAfter(lookAgain)) {
        lookAgain = now.plus(LOOK_AT_PROCESSES);
        lookAt(process.pid(), peakKb, cpu);
        process.descendants().forEach(child -> lookAt(child.pid(), peakKb, cpu));
      }
      if (now.isAfter(deadline) && !timedOut) {
        timedOut = true;
        kill(process);
      }
    }
    Instant ended = Instant.now();
    Runtime.getRuntime().removeShutdownHook(end);
    // Exact for children that were waited for; the last look at the others is a lower bound.
    double cpuSeconds =
        Math.max(
            cpuOfEndedChildren() - cpuBefore,
            cpu.values().stream().mapToDouble(Double::doubleValue).sum());
    long peak = peakKb.values().stream().mapToLong(Long::longValue).sum() / 1024;
    return new Seen(timedOut, process.exitValue(), started, ended, firstBytes, cpuSeconds, peak);
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void lookAt(long pid, Map<Long, Long> peakKb, Map<Long, Double> cpu) {
    Path directory = Path.of("/proc", String.valueOf(pid));
    try (Stream<String> lines = Files.lines(directory.resolve("status"))) {
      lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .forEach(kb -> peakKb.merge(pid, kb, Math::max));
      cpu.put(pid, cpuSeconds(pid));
    } catch (IOException | java.io.UncheckedIOException e) {
      // It has just ended; the last look counts.
    }
  }

  /** User and system time of a process so far, in seconds. */
  public static double cpuSeconds(long pid) throws IOException {
    return ticks(Path.of("/proc", String.valueOf(pid)), 13, 14);
  }

  private static double cpuOfEndedChildren() throws IOException {
    return ticks(Path.of("/proc/self"), 15, 16);
  }

  /** The sum of two fields of stat (0 = pid), in seconds. */
  private static double ticks(Path directory, int first, int second) throws IOException {
    String stat = Files.readString(directory.resolve("stat"));
    // The name of the program, in brackets, may hold spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[first - 2]) + Long.parseLong(fields[second - 2]))
        / TICKS_PER_SECOND;
  }
}
