package dev.wattbeam.io.snowflake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Everything needed to reach one database of Snowflake. Travels to the workers with the pipeline;
 * the key does not: each worker reads its file.
 *
 * @param url JDBC URL without user and secrets
 * @param retryFor how long something is tried again while Snowflake does not answer
 */
public record SnowflakeConfig(
    String url,
    String user,
    String privateKeyFile,
    String role,
    String warehouse,
    String database,
    Duration retryFor)
    implements Serializable {
  private static final String PREFIX = "jdbc:snowflake://";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");
  private static final Pattern SECRET =
      Pattern.compile(
          "[?&](password|private_?key\\w*|token|passcode|user)=", Pattern.CASE_INSENSITIVE);

  public SnowflakeConfig {
    requireNonNull(url, "url");
    requireNonNull(user, "user");
    requireNonNull(privateKeyFile, "privateKeyFile");
    requireNonNull(retryFor, "retryFor");
  }

  /**
   * Reads the options and looks at the key.
   *
   * @param errors gets one line for each thing that is wrong
   * @return null when something is wrong
   */
  public static SnowflakeConfig from(SnowflakeOptions options, List<String> errors) {
    int errorsBefore = errors.size();
    checkUrl(options.getSnowflakeUrl(), errors);
    if (options.getSnowflakeUser() == null || options.getSnowflakeUser().isBlank()) {
      errors.add("--snowflakeUser is missing: give the user whose public key Snowflake has");
    }
    checkKey(options.getSnowflakePrivateKeyFile(), errors);
    checkName("--snowflakeRole", options.getSnowflakeRole(), errors);
    checkName("--snowflakeWarehouse", options.getSnowflakeWarehouse(), errors);
    checkName("--snowflakeDatabase", options.getSnowflakeDatabase(), errors);
    Duration retryFor = duration(options.getSnowflakeRetryFor(), errors);
    if (errors.size() > errorsBefore) {
      return null;
    }
    return new SnowflakeConfig(
        options.getSnowflakeUrl(),
        options.getSnowflakeUser(),
        options.getSnowflakePrivateKeyFile(),
        options.getSnowflakeRole(),
        options.getSnowflakeWarehouse(),
        options.getSnowflakeDatabase(),
        retryFor);
  }

  private static void checkUrl(String url, List<String> errors) {
    String example =
        ", such as --snowflakeUrl=" + PREFIX + "myorg-myaccount.snowflakecomputing.com";
    if (url == null || url.isBlank()) {
      errors.add("--snowflakeUrl is missing: give a JDBC URL" + example);
    } else if (!url.startsWith(PREFIX) || url.length() == PREFIX.length()) {
      errors.add("--snowflakeUrl=" + withoutQuery(url) + " is no Snowflake JDBC URL" + example);
    } else if (SECRET.matcher(url).find()) {
      // Options are shown by runners and by ps.
      errors.add(
          "--snowflakeUrl holds a user, password or key: leave it out, and give --snowflakeUser and"
              + " --snowflakePrivateKeyFile");
    }
  }

  private static void checkKey(String file, List<String> errors) {
    if (file == null || file.isBlank()) {
      errors.add("--snowflakePrivateKeyFile is missing: give the file with the user's private key");
      return;
    }
    try {
      String key = Files.readString(Path.of(file));
      if (!key.contains("-----BEGIN PRIVATE KEY-----")) {
        errors.add(
            "--snowflakePrivateKeyFile="
                + file
                + " is no PKCS 8 key in PEM without passphrase: make one with openssl genpkey"
                + " -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out FILE");
      }
    } catch (IOException | InvalidPathException e) {
      errors.add(
          "--snowflakePrivateKeyFile="
              + file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "): give a file that this user may read");
    }
  }

  /** Names go into statements, where nothing can be bound. */
  static void checkName(String option, String name, List<String> errors) {
    if (!NAME.matcher(name).matches()) {
      errors.add(option + "=" + name + " is no plain name of Snowflake: letters, digits, _ and $");
    }
  }

  private static Duration duration(String text, List<String> errors) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && duration.compareTo(Duration.ofDays(1)) <= 0) {
        return duration;
      }
      errors.add("--snowflakeRetryFor=" + text + " is not between PT0S and P1D");
    } catch (DateTimeParseException e) {
      errors.add("--snowflakeRetryFor=" + text + " is no ISO 8601 duration such as PT10M");
    }
    return null;
  }

  /** What the driver gets; the URL may add to it. */
  Properties driverProperties() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("authenticator", "SNOWFLAKE_JWT");
    properties.setProperty("private_key_file", privateKeyFile);
    properties.setProperty("role", role);
    properties.setProperty("warehouse", warehouse);
    properties.setProperty("db", database);
    properties.setProperty("schema", "RAW");
    properties.setProperty("application", "wattbeam");
    properties.setProperty("TIMEZONE", "UTC");
    // Else a login asks cloud metadata services, whose addresses mean something else elsewhere.
    properties.setProperty("disablePlatformDetection", "true");
    properties.setProperty("CLIENT_TELEMETRY_ENABLED", "false");
    return properties;
  }

  /** Host and database, for messages. */
  String place() {
    return withoutQuery(url).substring(PREFIX.length()) + " " + database.toUpperCase(Locale.ROOT);
  }

  private static String withoutQuery(String url) {
    return url.split("[/?]*\\?", 2)[0];
  }

  @Override
  public String toString() {
    return "SnowflakeConfig[" + place() + " as " + user + ", retryFor=" + retryFor + "]";
  }
}
