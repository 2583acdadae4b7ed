package dev.wattbeam.benchmarks;

import picocli.CommandLine;

/** What the programs of this module do alike. */
public final class BenchmarkProgram {
  private BenchmarkProgram() {}

  /** Runs a command and ends the process; a failure is told in a line, unless it is a surprise. */
  public static void run(CommandLine command, String... args) {
    command.setExecutionExceptionHandler(
        (e, line, parsed) -> {
          line.getErr().println("benchmarks: " + e.getMessage());
          if (!(e instanceof BenchmarkException)) {
            e.printStackTrace(line.getErr());
          }
          return 1;
        });
    // The servers' threads are of no more use.
    System.exit(command.execute(args));
  }
}
