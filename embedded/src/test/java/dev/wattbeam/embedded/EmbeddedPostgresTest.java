package dev.wattbeam.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  @Test
  void keepsCommittedDataOverAnOutageAndOverStarts(@TempDir Path directory) throws SQLException {
    Path home = directory.resolve("postgres");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home, 0)) {
      try (Connection connection = connect(postgres)) {
        execute(connection, "CREATE TABLE t (a int)");
        execute(connection, "INSERT INTO t VALUES (1)");
        int port = postgres.port();
        postgres.stopImmediate();
        assertThatThrownBy(() -> execute(connection, "INSERT INTO t VALUES (2)"))
            .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> connect(postgres).close()).hasMessageContaining("refused");
        postgres.start();
        assertThat(postgres.port()).isEqualTo(port);
      }
      assertThat(query(postgres, "SELECT count(*) FROM t")).isEqualTo("1");
      assertThat(query(postgres, "SHOW timezone")).isEqualTo("UTC");
    }
    try (EmbeddedPostgres again = EmbeddedPostgres.start(home, 0)) {
      assertThat(query(again, "SELECT count(*) FROM t")).isEqualTo("1");
    }
  }

  @Test
  void checksPasswordsAndKeepsItsOwnPrivate(@TempDir Path directory) throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("pg"), 0)) {
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong").close())
          .hasMessageContaining("password authentication failed");
      assertThat(Files.readString(postgres.passwordFile())).isEqualTo(postgres.password());
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(postgres.passwordFile())))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void takesOverFromAServerThatWasLeftBehind(@TempDir Path directory) throws SQLException {
    Path home = directory.resolve("pg");
    // Never closed, as after a kill -9 of the process that started it.
    EmbeddedPostgres left = EmbeddedPostgres.start(home, 0);
    try (EmbeddedPostgres next = EmbeddedPostgres.start(home, 0)) {
      assertThat(query(next, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(() -> connect(left).close()).hasMessageContaining("refused");
    }
  }

  @Test
  void namesATakenPortAndItsOption(@TempDir Path directory) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory, taken.getLocalPort()))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("--postgresPort");
    }
  }

  @Test
  void refusesTheDataOfAnotherVersion(@TempDir Path directory) throws IOException {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data").resolve("PG_VERSION"), "9.6\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(directory, 0))
        .hasMessageContaining("PostgreSQL version 9.6")
        .hasMessageContaining("move the directory away");
  }

  @Test
  void temporaryDataGoesWithTheServer() throws SQLException {
    Path home;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
      home = postgres.passwordFile().getParent();
      assertThat(query(postgres, "SELECT current_database()")).isEqualTo("wattbeam");
    }
    assertThat(home).doesNotExist();
  }

  @Test
  void rootCanFallBackToNobody() throws SQLException {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root, who alone may be nobody");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary(PostgresAccount.NOBODY)) {
      assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
    }
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
