package dev.wattbeam.io.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import dev.wattbeam.io.store.StoreAwayException;
import dev.wattbeam.io.store.StoreException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Connecting to Cassandra, and what its errors mean. */
final class CassandraSessions {
  private CassandraSessions() {}

  /**
   * Connects without naming a keyspace, which may not exist.
   *
   * @throws DriverException when no node answers, or one refuses
   */
  static CqlSession connect(CassandraConfig config) {
    DriverConfigLoader settings =
        DriverConfigLoader.programmaticBuilder(CqlSession.class.getClassLoader())
            .withString(
                DefaultDriverOption.REQUEST_CONSISTENCY,
                DefaultConsistencyLevel.LOCAL_QUORUM.name())
            // All that is written here may be written twice.
            .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(10))
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
            .withDuration(
                DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, Duration.ofSeconds(20))
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
            // Nothing is under way when a session is closed: no two seconds of waiting for more.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            .withStringList(
                DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(config.keyspace()))
            .build();
    CqlSessionBuilder session =
        CqlSession.builder()
            .withConfigLoader(settings)
            .withApplicationName("wattbeam")
            .addContactPoints(config.addresses())
            .withLocalDatacenter(config.datacenter());
    if (config.user() != null) {
      session.withAuthCredentials(config.user(), config.password());
    }
    if (config.tls()) {
      session.withSslContext(tls());
    }
    return session.build();
  }

  private static SSLContext tls() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new StoreException("This JVM has no usable trust store: " + e.getMessage(), e);
    }
  }

  /**
   * Turns an error of the driver into one of ours.
   *
   * @return what goes away by itself
   * @throws StoreException what stays
   */
  static StoreAwayException away(CassandraConfig config, DriverException e) {
    String what = describe(config, e);
    if (e instanceof QueryValidationException || refusal(e) != null) {
      throw new StoreException(what, e);
    }
    return new StoreAwayException(what, e);
  }

  /** One line: what went wrong and what to do. */
  static String describe(CassandraConfig config, DriverException e) {
    String place = config.place();
    AuthenticationException refusal = refusal(e);
    if (refusal != null) {
      return config.user() == null
          ? place + " wants a login: give --cassandraUser and its password"
          : place
              + " refuses the password of "
              + config.user()
              + ": correct the password file or "
              + CassandraConfig.PASSWORD_VARIABLE;
    }
    if (e instanceof UnauthorizedException) {
      return place
          + ": the role lacks a right: GRANT SELECT, MODIFY ON KEYSPACE "
          + config.keyspace()
          + " TO it, and CREATE while tables are missing ("
          + oneLine(e)
          + ")";
    }
    return e instanceof AllNodesFailedException
        ? place
            + " does not answer: start it or correct --cassandraContactPoints ("
            + oneLine(e)
            + ")"
        : place + ": " + oneLine(e);
  }

  /** Null when no node refused the login. */
  private static AuthenticationException refusal(DriverException e) {
    if (e instanceof AllNodesFailedException all) {
      for (List<Throwable> errors : all.getAllErrors().values()) {
        for (Throwable error : errors) {
          if (error instanceof AuthenticationException refusal) {
            return refusal;
          }
        }
      }
    }
    return null;
  }

  private static String oneLine(DriverException e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
