package dev.wattbeam.demo;

/** What the process tells the shell. */
final class ExitCode {
  static final int OK = 0;

  /** Something failed while running. */
  static final int FAILED = 1;

  /** The command line cannot be followed. */
  static final int USAGE = 2;

  /** Stopped by Ctrl-C, as shells expect it (128 + SIGINT). */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
