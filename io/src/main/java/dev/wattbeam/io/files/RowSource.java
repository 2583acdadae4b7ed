package dev.wattbeam.io.files;

import java.io.IOException;

/** The rows of one open file, in their order. */
interface RowSource {
  /** The next row, or null at the end. */
  FileRow next() throws IOException;

  /** Number of the line that was read last, from 1; 0 before the first. */
  long line();
}
