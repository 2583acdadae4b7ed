package dev.wattbeam.io.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What is done with a database outside of pipelines. */
public final class PostgresDatabase {
  private PostgresDatabase() {}

  /** A new connection, to be closed by the caller. */
  public static Connection connect(PostgresConfig config) throws SQLException {
    return source(config).getConnection();
  }

  /** Without DriverManager, which would load the drivers of all other databases as well. */
  static DataSource source(PostgresConfig config) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(config.url());
    config
        .driverProperties()
        .forEach(
            (name, value) -> {
              try {
                source.setProperty((String) name, (String) value);
              } catch (SQLException e) {
                throw new IllegalArgumentException("No property of the driver: " + name, e);
              }
            });
    return source;
  }

  /**
   * Looks whether pipelines can work with the database: it answers, lets the user in, has this
   * program's schema and gives the user the rights of {@code wattbeam_pipeline}.
   *
   * @return one line for what is wrong; empty when nothing is
   */
  public static List<String> check(PostgresConfig config) {
    try (Connection connection = connect(config);
        Statement statement = connection.createStatement()) {
      String place = "PostgreSQL at " + config.place();
      String migrate =
          "run MigrateDatabase with --postgresUrl="
              + config.urlWithoutParameters()
              + " and the owner's user";
      boolean migrated =
          ask(
              statement,
              "SELECT to_regclass('wattbeam." + Migrations.HISTORY_TABLE + "') IS NOT NULL");
      if (!migrated) {
        return List.of(place + " has no WattBeam schema: " + migrate);
      }
      // Without the right to look into the schema there is nothing more to find out.
      boolean member =
          ask(
              statement,
              "SELECT has_schema_privilege('wattbeam', 'USAGE')"
                  + " AND has_table_privilege('wattbeam."
                  + Migrations.HISTORY_TABLE
                  + "', 'SELECT')"
                  + " AND has_database_privilege(current_database(), 'TEMPORARY')");
      if (!member) {
        return List.of(lacksRights(place, config));
      }
      int version = schemaVersion(statement);
      if (version < Migrations.SCHEMA_VERSION) {
        return List.of(
            String.format(
                "%s has schema version %d, this program needs %d: %s",
                place, version, Migrations.SCHEMA_VERSION, migrate));
      }
      if (version > Migrations.SCHEMA_VERSION) {
        return List.of(
            String.format(
                "%s has schema version %d, newer than this program's %d: use the WattBeam version"
                    + " that migrated it",
                place, version, Migrations.SCHEMA_VERSION));
      }
      boolean mayWrite =
          ask(
              statement,
              "SELECT has_table_privilege('wattbeam.intervals', 'SELECT')"
                  + " AND has_table_privilege('wattbeam.intervals', 'INSERT')"
                  + " AND has_table_privilege('wattbeam.intervals', 'UPDATE')");
      return mayWrite ? List.of() : List.of(lacksRights(place, config));
    } catch (SQLException e) {
      return List.of(PostgresErrors.describe(config, e));
    }
  }

  private static String lacksRights(String place, PostgresConfig config) {
    return String.format(
        "%s: user %s may not write: let the owner run GRANT wattbeam_pipeline TO %s",
        place, config.user(), config.user());
  }

  private static int schemaVersion(Statement statement) throws SQLException {
    try (ResultSet versions =
        statement.executeQuery(
            "SELECT coalesce(max(version::int), 0) FROM wattbeam."
                + Migrations.HISTORY_TABLE
                + " WHERE success AND version ~ '^[0-9]+$'")) {
      versions.next();
      return versions.getInt(1);
    }
  }

  private static boolean ask(Statement statement, String question) throws SQLException {
    try (ResultSet answer = statement.executeQuery(question)) {
      answer.next();
      return answer.getBoolean(1);
    }
  }

  /**
   * Makes a login role with the rights of a group role, or gives an existing one a new password.
   *
   * @param owner a user that may create roles
   * @param user name of the login role
   * @param password its password
   * @param group {@code wattbeam_pipeline} or {@code wattbeam_reader}
   * @throws PostgresException with one line when the database refuses
   */
  public static void createLogin(PostgresConfig owner, String user, String password, String group) {
    try (Connection connection = connect(owner)) {
      boolean exists;
      try (PreparedStatement find =
          connection.prepareStatement("SELECT 1 FROM pg_roles WHERE rolname = ?")) {
        find.setString(1, user);
        exists = find.executeQuery().next();
      }
      String verb = exists ? "ALTER" : "CREATE";
      execute(
          connection,
          "SELECT format('" + verb + " ROLE %I LOGIN PASSWORD %L', ?, ?)",
          user,
          password);
      execute(connection, "SELECT format('GRANT %I TO %I', ?, ?)", group, user);
    } catch (SQLException e) {
      throw new PostgresException(PostgresErrors.describe(owner, e), e);
    }
  }

  /** Runs a statement about roles, which take no parameters, with names quoted by the server. */
  private static void execute(Connection connection, String format, String first, String second)
      throws SQLException {
    String sql;
    try (PreparedStatement quote = connection.prepareStatement(format)) {
      quote.setString(1, first);
      quote.setString(2, second);
      try (ResultSet quoted = quote.executeQuery()) {
        quoted.next();
        sql = quoted.getString(1);
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
