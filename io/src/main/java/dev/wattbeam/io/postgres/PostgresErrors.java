package dev.wattbeam.io.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** What an error of PostgreSQL means: whether it goes away by itself, and in words. */
final class PostgresErrors {
  static final String LOCK_NOT_AVAILABLE = "55P03";

  /** A key that is there already. */
  static final String UNIQUE_VIOLATION = "23505";

  private static final Set<String> TRANSIENT =
      Set.of(
          "40001", // serialization_failure
          "40P01", // deadlock_detected
          "53300", // too_many_connections
          LOCK_NOT_AVAILABLE);

  /** No partition for a row, or a CHECK that does not hold. */
  static final String CHECK_VIOLATION = "23514";

  private PostgresErrors() {}

  /** Whether the same statement may succeed later: the server or the connection was the problem. */
  static boolean isTransient(SQLException e) {
    String state = state(e);
    if (state == null) {
      return e instanceof SQLTransientConnectionException; // The pool gave no connection in time.
    }
    // Connection exceptions; the server shuts down, has crashed or is starting.
    return state.startsWith("08") || state.startsWith("57P0") || TRANSIENT.contains(state);
  }

  /** SQL state of the error or of what caused it; null when there is none. */
  static String state(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return null;
  }

  /** One line: what went wrong and what to do. */
  static String describe(PostgresConfig config, SQLException e) {
    String place = "PostgreSQL at " + config.place();
    String state = state(e);
    if (state == null) {
      return place + ": " + reason(e);
    }
    return switch (state) {
      case "28P01" ->
          place
              + " refuses the password of user "
              + config.user()
              + ": correct the password file or "
              + PostgresConfig.PASSWORD_VARIABLE;
      case "28000" -> place + " does not let user " + config.user() + " in: " + reason(e);
      case "3D000" ->
          place
              + ": there is no database "
              + config.database()
              + ": create it (CREATE DATABASE) or correct --postgresUrl";
      case "08001", "08004", "08006" ->
          config.password() == null && reason(e).contains("no password was provided")
              ? place
                  + " wants a password for user "
                  + config.user()
                  + ": give --postgresPasswordFile or set "
                  + PostgresConfig.PASSWORD_VARIABLE
              : place
                  + " does not answer: start the server or correct --postgresUrl ("
                  + reason(e)
                  + ")";
      case "42501" ->
          place
              + ": user "
              + config.user()
              + " lacks a right: let the owner run GRANT wattbeam_pipeline TO "
              + config.user()
              + " ("
              + reason(e)
              + ")";
      default -> place + ": " + reason(e) + " (SQL state " + state + ")";
    };
  }

  /** The innermost message of a database error, on one line. */
  static String reason(SQLException e) {
    SQLException innermost = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        innermost = sql;
      }
    }
    String message = innermost.getMessage();
    return message == null
        ? innermost.getClass().getSimpleName()
        : message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
