package dev.wattbeam.io.store;

/** A store does not answer now, and may later; the message is one line. */
public final class StoreAwayException extends Exception {
  private static final long serialVersionUID = 1;

  public StoreAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
