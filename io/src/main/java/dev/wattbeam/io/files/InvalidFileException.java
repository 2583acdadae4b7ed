package dev.wattbeam.io.files;

import java.io.IOException;

/** A file that cannot be read as its format says; the message names the file and what to change. */
public final class InvalidFileException extends IOException {
  private static final long serialVersionUID = 1;

  public InvalidFileException(String message) {
    super(message);
  }

  public InvalidFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
