package dev.wattbeam.io.snowflake;

/** Snowflake refused or did not answer; the message is one line and says what to do about it. */
public final class SnowflakeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SnowflakeException(String message, Throwable cause) {
    super(message, cause);
  }

  SnowflakeException(String message) {
    super(message);
  }
}
