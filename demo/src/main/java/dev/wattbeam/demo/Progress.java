package dev.wattbeam.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells the user in plain words what is happening. */
final class Progress {
  private final PrintWriter out;

  Progress(PrintWriter out) {
    this.out = out;
  }

  /** Prints a line; arguments as of {@link String#format}. */
  synchronized void say(String line, Object... arguments) {
    out.printf(Locale.ROOT, line + "%n", arguments);
    out.flush();
  }

  /** Prints text as it is. */
  synchronized void show(String text) {
    out.print(text);
    out.flush();
  }

  /** Such as {@code 1.2 s}. */
  static String since(long startNanos) {
    return String.format(Locale.ROOT, "%.1f s", seconds(startNanos));
  }

  static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
