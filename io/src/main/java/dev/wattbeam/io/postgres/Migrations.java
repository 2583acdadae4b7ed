package dev.wattbeam.io.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Makes and updates the schema {@code wattbeam}. */
public final class Migrations {
  /** The schema version that this program was written for: the newest file in db/migration. */
  public static final int SCHEMA_VERSION = 4;

  static final String SCHEMA = "wattbeam";

  /** Flyway's record of what was run. */
  static final String HISTORY_TABLE = "flyway_schema_history";

  private Migrations() {}

  /**
   * Brings the schema to {@link #SCHEMA_VERSION}; does nothing where it is there already. Also
   * makes the partitions of the coming year for {@code raw_readings}, so it is worth running once a
   * year.
   *
   * @param owner a user that may create schemas in the database, and roles the first time
   * @return number of migrations that were run
   * @throws PostgresException with one line when the database cannot be reached or refuses
   */
  public static int migrate(PostgresConfig owner) {
    requireOwner(owner);
    try {
      return Flyway.configure(Migrations.class.getClassLoader())
          .dataSource(owner.url(), owner.user(), owner.password())
          .schemas(SCHEMA)
          .table(HISTORY_TABLE)
          .locations("classpath:db/migration")
          .load()
          .migrate()
          .migrationsExecuted;
    } catch (FlywayException e) {
      throw new PostgresException(
          "PostgreSQL at "
              + owner.place()
              + " cannot be migrated: "
              + e.getMessage().strip().replaceAll("\\s*\\R\\s*", "; "),
          e);
    }
  }

  /** Flyway's own answers to a wrong password or a missing right are long, and come late. */
  private static void requireOwner(PostgresConfig owner) {
    String question =
        "SELECT CASE WHEN to_regnamespace('wattbeam') IS NULL"
            + " THEN has_database_privilege(current_database(), 'CREATE')"
            + " ELSE has_schema_privilege('wattbeam', 'CREATE') END";
    try (Connection connection = PostgresDatabase.connect(owner);
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(question)) {
      answer.next();
      if (!answer.getBoolean(1)) {
        throw new PostgresException(
            String.format(
                "PostgreSQL at %s: user %s may not create what a migration needs: migrate as the"
                    + " owner of the database",
                owner.place(), owner.user()));
      }
    } catch (SQLException e) {
      throw new PostgresException(PostgresErrors.describe(owner, e), e);
    }
  }
}
