package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetterCode;
import java.io.IOException;

/** A file in which each line is a row. */
final class LineRows implements RowSource {
  private final LineReader lines;
  private final RowParser parser;
  private final RejectedRows rejected;

  /** Reads the header, if the format has one. */
  LineRows(LineReader lines, RowParser parser, String fileName) throws IOException {
    this.lines = lines;
    this.parser = parser;
    this.rejected = new RejectedRows(fileName);
    parser.readHeader(lines);
  }

  @Override
  public FileRow next() throws IOException {
    do {
      if (!lines.next()) {
        return null;
      }
    } while (lines.blank());
    if (lines.cut()) {
      return rejected.reject(
          lines,
          DeadLetterCode.OVERSIZED_MESSAGE,
          "The row is longer than " + ReadingFile.MAX_ROW_BYTES + " bytes; its beginning is kept");
    }
    return parser.parse(lines);
  }

  @Override
  public long line() {
    return lines.number();
  }
}
