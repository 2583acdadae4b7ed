package dev.wattbeam.io.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads what the options of all stores have: a password that is no option, and a duration. */
public final class StoreSettings {
  private static final Duration LONGEST = Duration.ofDays(365);

  private StoreSettings() {}

  /**
   * The password in a file, or in the environment where no file is given.
   *
   * @param option name of the option, for messages
   * @param file value of the option, may be null
   * @param variable name of the environment variable
   * @param errors gets one line for what is wrong
   * @return null when there is none
   */
  public static String password(
      String option,
      String file,
      String variable,
      UnaryOperator<String> environment,
      List<String> errors) {
    if (file == null || file.isBlank()) {
      return environment.apply(variable);
    }
    try {
      String password = Files.readString(Path.of(file)).strip();
      if (password.isEmpty()) {
        errors.add(option + "=" + file + " is empty: write the password into it");
      }
      return password;
    } catch (IOException | InvalidPathException e) {
      errors.add(
          option
              + "="
              + file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "): give a text file that this user may read");
      return null;
    }
  }

  /** A duration of at least {@code least}; null, with an error, when it is none. */
  public static Duration duration(String option, String text, Duration least, List<String> errors) {
    try {
      Duration duration = Duration.parse(text);
      if (duration.compareTo(least) >= 0 && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
      errors.add(option + "=" + text + " is not between " + least + " and " + LONGEST);
    } catch (DateTimeParseException e) {
      errors.add(option + "=" + text + " is no ISO 8601 duration such as PT10M or PT30S");
    }
    return null;
  }
}
