package dev.wattbeam.io.store;

/** A store refused or did not answer; the message is one line and says what to do about it. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
