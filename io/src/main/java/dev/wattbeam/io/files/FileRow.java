package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.util.List;

/**
 * One row of a file and what becomes of it. Each row is exactly one of these, so rows read = rows
 * with readings (or a message) + missing rows + rejected rows. A blank line and a header are no
 * rows.
 */
public sealed interface FileRow {
  /** Number of the row's line in the (unpacked) file, from 1, header and blank lines counted. */
  long line();

  /**
   * A row with at least one value; values of it that are missing are left out.
   *
   * @param line number of the line
   * @param readings all of one meter and one time
   */
  record Readings(long line, List<Reading> readings) implements FileRow {
    public Readings {
      readings = List.copyOf(readings);
    }
  }

  /**
   * A line that is passed on as it is, good or bad; whoever reads the topic judges it.
   *
   * @param line number of the line
   * @param meter name of the meter, or null when the line does not tell
   * @param channel meter and channel, or null when the line does not tell both
   * @param type type of the reading, or null when the line does not tell
   * @param timeMillis time of the reading, epoch milliseconds UTC, or {@link #NO_TIME}
   * @param payload the line without its end
   */
  record Message(
      long line,
      String meter,
      MeterChannel channel,
      ReadingType type,
      long timeMillis,
      byte[] payload)
      implements FileRow {
    /** The line does not tell its time. */
    public static final long NO_TIME = Long.MIN_VALUE;
  }

  /** A row in which every value is missing. That is not an error, and never a zero. */
  record Missing(long line) implements FileRow {}

  /**
   * A row that cannot be read; nothing of it is published.
   *
   * @param line number of the line
   * @param deadLetter the reason and the line as it stands in the file; its origin is the file's
   *     name, 0 and the number of the line
   */
  record Rejected(long line, DeadLetter deadLetter) implements FileRow {}
}
