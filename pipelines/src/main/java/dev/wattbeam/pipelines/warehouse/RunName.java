package dev.wattbeam.pipelines.warehouse;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Pattern;

/** The name of a run: given, or the time of its start. */
final class RunName {
  /** It goes into statements and names of files. */
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

  private RunName() {}

  /**
   * Checks a name.
   *
   * @param given null: take the time
   * @param errors gets a line when it is wrong
   */
  static String of(String given, List<String> errors) {
    String run = given == null ? START.format(Instant.now()) : given;
    if (!RUN.matcher(run).matches()) {
      errors.add("--run=" + run + ": 1 to 100 letters, digits, _ and -");
    }
    return run;
  }
}
