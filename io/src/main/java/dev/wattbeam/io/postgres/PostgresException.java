package dev.wattbeam.io.postgres;

/** PostgreSQL refused or did not answer; the message is one line and says what to do about it. */
public final class PostgresException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PostgresException(String message, Throwable cause) {
    super(message, cause);
  }

  PostgresException(String message) {
    super(message);
  }
}
