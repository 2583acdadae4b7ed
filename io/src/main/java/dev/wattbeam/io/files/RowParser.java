package dev.wattbeam.io.files;

import java.io.IOException;

/** Turns the lines of one file, in their order, into rows. */
interface RowParser {
  /** Takes the lines before the first row; leaves the reader at the last of them. */
  void readHeader(LineReader lines) throws IOException;

  /** The current line as a row; the line is neither blank nor overlong. */
  FileRow parse(LineReader line);
}
