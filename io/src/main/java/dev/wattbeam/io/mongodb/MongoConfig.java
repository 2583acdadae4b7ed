package dev.wattbeam.io.mongodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.mongodb.ConnectionString;
import com.mongodb.WriteConcern;
import dev.wattbeam.io.store.RowStore;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.io.store.StoreSettings;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything needed to reach one database of MongoDB.
 *
 * @param uri connection string, password included
 * @param retryFor how long a write is tried again while MongoDB is away
 */
public record MongoConfig(String uri, Duration retryFor) implements RowStoreConfig {
  /** The environment variable that holds the password when no file is given. */
  public static final String PASSWORD_VARIABLE = "WATTBEAM_MONGO_PASSWORD";

  private static final String USUAL_DATABASE = "wattbeam";
  private static final String EXAMPLE =
      ", such as --mongoUri=mongodb://wattbeam@localhost:27017/wattbeam";

  /** Scheme, user, the password that must not be there, the rest. */
  private static final Pattern WITH_USER =
      Pattern.compile("(mongodb(?:\\+srv)?://)([^@/:]+)(:[^@/]*)?(@.*)");

  public MongoConfig {
    requireNonNull(uri, "uri");
    requireNonNull(retryFor, "retryFor");
  }

  /** A server with the defaults of {@link MongoOptions}. */
  public static MongoConfig of(String uri) {
    return new MongoConfig(uri, Duration.ofMinutes(10));
  }

  /**
   * Reads the options, the password file and the environment.
   *
   * @param errors gets one line for each thing that is wrong
   * @return null when MongoDB is not asked for, or something is wrong
   */
  public static MongoConfig from(MongoOptions options, List<String> errors) {
    return from(options, System::getenv, errors);
  }

  static MongoConfig from(
      MongoOptions options, UnaryOperator<String> environment, List<String> errors) {
    int errorsBefore = errors.size();
    if (isBlank(options.getMongoUri())) {
      if (!isBlank(options.getMongoPasswordFile())) {
        errors.add("--mongoUri is missing: give the server" + EXAMPLE);
      }
      return null;
    }
    String uri = withPassword(options, environment, errors);
    Duration retryFor =
        StoreSettings.duration(
            "--mongoRetryFor", options.getMongoRetryFor(), Duration.ZERO, errors);
    return errors.size() > errorsBefore ? null : new MongoConfig(uri, retryFor);
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  private static String withPassword(
      MongoOptions options, UnaryOperator<String> environment, List<String> errors) {
    String uri = options.getMongoUri();
    String password =
        StoreSettings.password(
            "--mongoPasswordFile",
            options.getMongoPasswordFile(),
            PASSWORD_VARIABLE,
            environment,
            errors);
    Matcher parts = WITH_USER.matcher(uri);
    boolean hasUser = parts.matches();
    if (hasUser && parts.group(3) != null) {
      // Options are shown by runners and by ps.
      errors.add(
          "--mongoUri holds a password: put it into a file (--mongoPasswordFile) or into "
              + PASSWORD_VARIABLE);
      return null;
    }
    String complete = uri;
    if (hasUser && password != null) {
      // The form encoding has a plus for a space, which a URI takes for a plus.
      String encoded = URLEncoder.encode(password, UTF_8).replace("+", "%20");
      complete = parts.group(1) + parts.group(2) + ":" + encoded + parts.group(4);
    } else if (hasUser && !uri.contains("authMechanism=")) {
      errors.add(
          "--mongoUri names the user "
              + parts.group(2)
              + " without a password: give --mongoPasswordFile or set "
              + PASSWORD_VARIABLE);
      return null;
    }
    try {
      WriteConcern concern = new ConnectionString(complete).getWriteConcern();
      if (concern == null || concern.isAcknowledged()) {
        return complete;
      }
      errors.add("--mongoUri has w=0: rows would be lost without a word; leave it out");
    } catch (IllegalArgumentException e) {
      String reason = password == null ? ": " + e.getMessage() : "";
      errors.add("--mongoUri=" + uri + " is no connection string" + EXAMPLE + reason);
    }
    return null;
  }

  ConnectionString connectionString() {
    return new ConnectionString(uri);
  }

  /** Name of the database: that of the URI, else {@code wattbeam}. */
  String database() {
    String name = connectionString().getDatabase();
    return name == null ? USUAL_DATABASE : name;
  }

  /** The same with another time for which writes are tried again. */
  public MongoConfig withRetryFor(Duration retryFor) {
    return new MongoConfig(uri, retryFor);
  }

  @Override
  public String kind() {
    return "MongoDB";
  }

  @Override
  public RowStore open() {
    return MongoStore.open(this);
  }

  @Override
  public List<String> prepare() {
    return MongoStore.check(this);
  }

  /** For messages. */
  String place() {
    return "MongoDB at " + String.join(",", connectionString().getHosts()) + "/" + database();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "MongoConfig[" + place() + ", retryFor=" + retryFor + "]";
  }
}
