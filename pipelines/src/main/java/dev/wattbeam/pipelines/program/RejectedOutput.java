package dev.wattbeam.pipelines.program;

import dev.wattbeam.io.files.DeadLetterLines;
import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.model.DeadLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where rows that were rejected go: to a file, to {@code dead_letters}, and the first of them to
 * the terminal. Whoever opened file and table closes them. Not thread-safe.
 */
public final class RejectedOutput {
  private static final int SHOWN = 5;

  private final DeadLetterLines lines;
  private final DeadLetterTable table;
  private final Consumer<String> complain;
  private long count;

  /**
   * Writes to what is there.
   *
   * @param lines null for none
   * @param table null for none
   * @param complain gets a line for the terminal
   */
  public RejectedOutput(DeadLetterLines lines, DeadLetterTable table, Consumer<String> complain) {
    this.lines = lines;
    this.table = table;
    this.complain = complain;
  }

  /** Judges {@code --rejected}, which may be null. */
  public static void check(Path file, List<String> errors) {
    if (file != null && !Files.isDirectory(file.toAbsolutePath().getParent())) {
      errors.add("--rejected=" + file + ": its folder does not exist");
    }
  }

  /**
   * Takes a rejected row.
   *
   * @throws UncheckedIOException if it cannot be kept
   */
  public void take(DeadLetter letter) {
    try {
      if (lines != null) {
        lines.write(letter);
      }
      if (table != null) {
        table.write(letter);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (++count <= SHOWN) {
      complain.accept(
          letter.origin().source()
              + ", line "
              + letter.origin().position()
              + ": "
              + letter.code()
              + ": "
              + letter.message());
    } else if (count == SHOWN + 1) {
      complain.accept("further rejected rows are not shown; --rejected=FILE keeps them all");
    }
  }
}
