package dev.wattbeam.io.postgres;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.store.StoreSettings;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Everything needed to reach one PostgreSQL database. Travels to the workers with the pipeline,
 * password included, so job graphs are as secret as it is.
 *
 * @param url JDBC URL without user and password
 * @param user login role
 * @param password null when the server asks for none or pgjdbc finds it in {@code .pgpass}
 * @param retryFor how long a write is tried again while the database is away
 * @param poolSize most connections per worker process
 * @param directoryRefresh age at which the meter directory is read again
 */
public record PostgresConfig(
    String url,
    String user,
    String password,
    Duration retryFor,
    int poolSize,
    Duration directoryRefresh)
    implements Serializable {
  /** The environment variable that holds the password when no file is given. */
  public static final String PASSWORD_VARIABLE = "WATTBEAM_POSTGRES_PASSWORD";

  public PostgresConfig {
    requireNonNull(url, "url");
    requireNonNull(user, "user");
    requireNonNull(retryFor, "retryFor");
    requireNonNull(directoryRefresh, "directoryRefresh");
  }

  /** A database with the defaults of {@link PostgresOptions}. */
  public static PostgresConfig of(String url, String user, String password) {
    return new PostgresConfig(
        url, user, password, Duration.ofMinutes(10), 4, Duration.ofSeconds(60));
  }

  /**
   * Reads the options, the password file and the environment.
   *
   * @param errors gets one line for each thing that is wrong
   * @return null when something is wrong
   */
  public static PostgresConfig from(PostgresOptions options, List<String> errors) {
    return from(options, System::getenv, errors);
  }

  static PostgresConfig from(
      PostgresOptions options, UnaryOperator<String> environment, List<String> errors) {
    int errorsBefore = errors.size();
    checkUrl(options.getPostgresUrl(), errors);
    String user = options.getPostgresUser();
    if (user == null || user.isBlank()) {
      errors.add("--postgresUser is missing: give the login role, such as --postgresUser=wattbeam");
    }
    String password =
        StoreSettings.password(
            "--postgresPasswordFile",
            options.getPostgresPasswordFile(),
            PASSWORD_VARIABLE,
            environment,
            errors);
    Duration retryFor =
        StoreSettings.duration(
            "--postgresRetryFor", options.getPostgresRetryFor(), Duration.ZERO, errors);
    if (options.getPostgresPoolSize() < 1 || options.getPostgresPoolSize() > 1000) {
      errors.add(
          "--postgresPoolSize="
              + options.getPostgresPoolSize()
              + " is not between 1 and 1000 connections");
    }
    Duration refresh =
        StoreSettings.duration(
            "--meterDirectoryRefresh",
            options.getMeterDirectoryRefresh(),
            Duration.ofSeconds(1),
            errors);
    if (errors.size() > errorsBefore) {
      return null;
    }
    return new PostgresConfig(
        options.getPostgresUrl(), user, password, retryFor, options.getPostgresPoolSize(), refresh);
  }

  private static void checkUrl(String url, List<String> errors) {
    String example = ", such as --postgresUrl=jdbc:postgresql://localhost:5432/wattbeam";
    if (url == null || url.isBlank()) {
      errors.add("--postgresUrl is missing: give a JDBC URL" + example);
      return;
    }
    Properties parts = Driver.parseURL(url, null);
    if (parts == null) {
      errors.add("--postgresUrl=" + withoutQuery(url) + " is no PostgreSQL JDBC URL" + example);
    } else if (parts.containsKey(PGProperty.PASSWORD.getName())) {
      // Options are shown by runners and by ps.
      errors.add(
          "--postgresUrl holds a password: put it into a file (--postgresPasswordFile) or into "
              + PASSWORD_VARIABLE);
    }
  }

  /** The same with another user. */
  public PostgresConfig withUser(String user, String password) {
    return new PostgresConfig(url, user, password, retryFor, poolSize, directoryRefresh);
  }

  /** The same with another time for which writes are tried again. */
  public PostgresConfig withRetryFor(Duration retryFor) {
    return new PostgresConfig(url, user, password, retryFor, poolSize, directoryRefresh);
  }

  /** The same with another limit of connections per worker process. */
  public PostgresConfig withPoolSize(int poolSize) {
    return new PostgresConfig(url, user, password, retryFor, poolSize, directoryRefresh);
  }

  /** The same with another age at which the meter directory is read again. */
  public PostgresConfig withDirectoryRefresh(Duration directoryRefresh) {
    return new PostgresConfig(url, user, password, retryFor, poolSize, directoryRefresh);
  }

  /** What the driver gets: the user and limits on waiting, which the URL may override. */
  Properties driverProperties() {
    Properties properties = new Properties();
    properties.setProperty(PGProperty.USER.getName(), user);
    if (password != null) {
      properties.setProperty(PGProperty.PASSWORD.getName(), password);
    }
    properties.setProperty(PGProperty.APPLICATION_NAME.getName(), "wattbeam");
    properties.setProperty(PGProperty.CONNECT_TIMEOUT.getName(), "10");
    properties.setProperty(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
    // A server that vanished without closing its connections must not stop a worker for ever.
    properties.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), "300");
    properties.setProperty(PGProperty.REWRITE_BATCHED_INSERTS.getName(), "true");
    return properties;
  }

  /** Host, port and database, for messages. */
  String place() {
    Properties parts = Driver.parseURL(url, null);
    return parts == null
        ? withoutQuery(url)
        : PGProperty.PG_HOST.getOrDefault(parts)
            + ":"
            + PGProperty.PG_PORT.getOrDefault(parts)
            + "/"
            + database();
  }

  /** Name of the database. */
  String database() {
    Properties parts = Driver.parseURL(url, null);
    String name = parts == null ? null : PGProperty.PG_DBNAME.getOrDefault(parts);
    return name == null ? user : name;
  }

  /** For messages: parameters may hold a secret. */
  String urlWithoutParameters() {
    return withoutQuery(url);
  }

  private static String withoutQuery(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "PostgresConfig["
        + place()
        + " as "
        + user
        + ", retryFor="
        + retryFor
        + ", poolSize="
        + poolSize
        + "]";
  }
}
