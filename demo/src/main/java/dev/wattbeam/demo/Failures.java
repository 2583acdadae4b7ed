package dev.wattbeam.demo;

/** Failures in one line. */
final class Failures {
  private static final int LONGEST = 500;

  private Failures() {}

  /**
   * What went wrong, from the innermost cause, which is the one that the user can do something
   * about.
   */
  static String oneLine(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause && !isOurs(cause)) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
    if (line.isEmpty() || !isOurs(cause)) {
      line = cause.getClass().getSimpleName() + (line.isEmpty() ? "" : ": " + line);
    }
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
  }

  /** Whether the message was written for the user. */
  private static boolean isOurs(Throwable failure) {
    return failure.getClass().getName().startsWith("dev.wattbeam.") && failure.getMessage() != null;
  }
}
