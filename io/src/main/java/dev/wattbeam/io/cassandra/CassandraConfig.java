package dev.wattbeam.io.cassandra;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.store.RowStore;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.io.store.StoreAwayException;
import dev.wattbeam.io.store.StoreSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything needed to reach one keyspace of Cassandra.
 *
 * @param contactPoints nodes to begin with, {@code HOST:PORT}
 * @param datacenter the one that is written to
 * @param keyspace name of the keyspace
 * @param user login role, null for none
 * @param password its password, null for none
 * @param tls whether connections are encrypted
 * @param retryFor how long a write is tried again while Cassandra is away
 */
public record CassandraConfig(
    List<String> contactPoints,
    String datacenter,
    String keyspace,
    String user,
    String password,
    boolean tls,
    Duration retryFor)
    implements RowStoreConfig {
  /** The environment variable that holds the password when no file is given. */
  public static final String PASSWORD_VARIABLE = "WATTBEAM_CASSANDRA_PASSWORD";

  private static final Pattern CONTACT_POINT = Pattern.compile("([^:\\s]+|\\[.+]):(\\d{1,5})");

  /** As Cassandra has it without quotes. */
  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");

  public CassandraConfig {
    contactPoints = List.copyOf(contactPoints);
    requireNonNull(datacenter, "datacenter");
    requireNonNull(keyspace, "keyspace");
    requireNonNull(retryFor, "retryFor");
  }

  /** A keyspace without login, with the defaults of {@link CassandraOptions}. */
  public static CassandraConfig of(String contactPoint, String datacenter, String keyspace) {
    return new CassandraConfig(
        List.of(contactPoint), datacenter, keyspace, null, null, false, Duration.ofMinutes(10));
  }

  /**
   * Reads the options, the password file and the environment.
   *
   * @param errors gets one line for each thing that is wrong
   * @return null when Cassandra is not asked for, or something is wrong
   */
  public static CassandraConfig from(CassandraOptions options, List<String> errors) {
    return from(options, System::getenv, errors);
  }

  static CassandraConfig from(
      CassandraOptions options, UnaryOperator<String> environment, List<String> errors) {
    int errorsBefore = errors.size();
    if (isBlank(options.getCassandraContactPoints())) {
      if (!isBlank(options.getCassandraDatacenter()) || !isBlank(options.getCassandraUser())) {
        errors.add(
            "--cassandraContactPoints is missing: give the nodes, such as"
                + " --cassandraContactPoints=localhost:9042, or leave out the other options of"
                + " Cassandra");
      }
      return null;
    }
    List<String> points = new ArrayList<>();
    for (String point : options.getCassandraContactPoints().split(",", -1)) {
      points.add(point.strip());
      if (!isContactPoint(point.strip())) {
        errors.add(
            "--cassandraContactPoints has '"
                + point.strip()
                + "', which is not HOST:PORT such as localhost:9042");
      }
    }
    if (isBlank(options.getCassandraDatacenter())) {
      errors.add(
          "--cassandraDatacenter is missing: give the data centre of these nodes, as nodetool"
              + " status shows it, such as datacenter1");
    }
    if (!KEYSPACE.matcher(options.getCassandraKeyspace()).matches()) {
      errors.add(
          "--cassandraKeyspace="
              + options.getCassandraKeyspace()
              + " is no name of lower-case letters, digits and underscores, at most 48");
    }
    String password =
        StoreSettings.password(
            "--cassandraPasswordFile",
            options.getCassandraPasswordFile(),
            PASSWORD_VARIABLE,
            environment,
            errors);
    if (!isBlank(options.getCassandraUser()) && password == null) {
      errors.add(
          "--cassandraUser="
              + options.getCassandraUser()
              + " has no password: give --cassandraPasswordFile or set "
              + PASSWORD_VARIABLE);
    }
    Duration retryFor =
        StoreSettings.duration(
            "--cassandraRetryFor", options.getCassandraRetryFor(), Duration.ZERO, errors);
    if (errors.size() > errorsBefore) {
      return null;
    }
    return new CassandraConfig(
        points,
        options.getCassandraDatacenter(),
        options.getCassandraKeyspace(),
        isBlank(options.getCassandraUser()) ? null : options.getCassandraUser(),
        password,
        options.getCassandraTls(),
        retryFor);
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  private static boolean isContactPoint(String text) {
    Matcher parts = CONTACT_POINT.matcher(text);
    return parts.matches()
        && Integer.parseInt(parts.group(2)) >= 1
        && Integer.parseInt(parts.group(2)) <= 65_535;
  }

  /** Not resolved: a node may get another address while a job runs. */
  List<InetSocketAddress> addresses() {
    return contactPoints.stream()
        .map(
            point -> {
              int colon = point.lastIndexOf(':');
              return InetSocketAddress.createUnresolved(
                  point.substring(0, colon), Integer.parseInt(point.substring(colon + 1)));
            })
        .toList();
  }

  /** The same with another time for which writes are tried again. */
  public CassandraConfig withRetryFor(Duration retryFor) {
    return new CassandraConfig(contactPoints, datacenter, keyspace, user, password, tls, retryFor);
  }

  @Override
  public String kind() {
    return "Cassandra";
  }

  @Override
  public RowStore open() throws StoreAwayException {
    return CassandraStore.open(this);
  }

  @Override
  public List<String> prepare() {
    return CassandraTables.prepare(this);
  }

  /** For messages. */
  String place() {
    return "Cassandra at " + String.join(",", contactPoints) + "/" + keyspace;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "CassandraConfig[" + place() + " as " + user + ", retryFor=" + retryFor + "]";
  }
}
