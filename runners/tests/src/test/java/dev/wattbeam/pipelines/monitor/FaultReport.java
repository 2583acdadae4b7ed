package dev.wattbeam.pipelines.monitor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was done to a job, how soon it went on, and what the comparisons found; a Markdown file. */
final class FaultReport {
  private static final String HEADER =
      """
      # Faults on %s

      | fault | rows again after, s | checkpoint again after, s |
      |---|---|---|
      """;

  private final String runner;
  private final Path file;
  private final long start = System.nanoTime();
  private final List<String> faults = new ArrayList<>();
  private final List<String> verdicts = new ArrayList<>();

  FaultReport(String runner, String file) {
    this.runner = runner;
    this.file = Path.of("target", file);
  }

  /** A line of progress. */
  void say(String line, Object... arguments) {
    System.out.printf(
        Locale.ROOT,
        "%5.0f s  %s%n",
        (System.nanoTime() - start) / 1e9,
        String.format(Locale.ROOT, line, arguments));
  }

  /**
   * A fault that was got over.
   *
   * @param rowsSeconds from the fault until rows show readings that were sent after it
   * @param checkpointSeconds from the fault until a checkpoint that began after those rows
   */
  void add(String fault, double rowsSeconds, double checkpointSeconds) throws IOException {
    say(
        "%s: rows again after %.1f s, a checkpoint after %.1f s",
        fault, rowsSeconds, checkpointSeconds);
    faults.add(
        String.format(Locale.ROOT, "| %s | %.1f | %.1f |", fault, rowsSeconds, checkpointSeconds));
    write();
  }

  /** A comparison of the tables with the model. */
  void compared(String what, long messages, int rows, int differences) throws IOException {
    String line =
        String.format(
            Locale.ROOT,
            "%s: %,d messages, %,d rows compared, %,d differences",
            what,
            messages,
            rows,
            differences);
    say("%s", line);
    verdicts.add("- " + line);
    write();
  }

  private void write() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        String.format(HEADER, runner)
            + String.join("\n", faults)
            + "\n\n"
            + String.join("\n", verdicts)
            + "\n");
  }
}
