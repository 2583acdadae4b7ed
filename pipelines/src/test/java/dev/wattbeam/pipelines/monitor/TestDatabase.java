package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own, on the one server of this test run or on a given one. */
final class TestDatabase {
  private static final String USER = "pipeline";
  private static final String PASSWORD = "it's \"secret\"";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final PostgresConfig owner;

  private TestDatabase(PostgresConfig owner) {
    this.owner = owner;
  }

  /** Started with the first test; the server goes with the process. */
  private static final class Server {
    static final EmbeddedPostgres POSTGRES = EmbeddedPostgres.startTemporary();
    static final Path PASSWORD_FILE = passwordFile();

    private static Path passwordFile() {
      try {
        Path file = Files.createTempFile("wattbeam-", ".password");
        file.toFile().deleteOnExit();
        return Files.writeString(file, PASSWORD);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static TestDatabase empty() {
    return empty(Server.POSTGRES);
  }

  private static TestDatabase empty(EmbeddedPostgres server) {
    String url = server.createDatabase("test_" + NUMBER.incrementAndGet());
    return new TestDatabase(PostgresConfig.of(url, server.user(), server.password()));
  }

  static TestDatabase with(DirectoryEntries directory) {
    return with(directory, Server.POSTGRES);
  }

  /** Migrated, with the meters of a directory and a login for the pipeline. */
  static TestDatabase with(DirectoryEntries directory, EmbeddedPostgres server) {
    TestDatabase database = empty(server);
    Migrations.migrate(database.owner);
    PostgresDatabase.createLogin(database.owner, USER, PASSWORD, "wattbeam_pipeline");
    MeterDirectoryStore.of(database.owner).save(directory);
    return database;
  }

  String url() {
    return owner.url();
  }

  String user() {
    return USER;
  }

  Path passwordFile() {
    return Server.PASSWORD_FILE;
  }

  /** Rows as text, values joined by a bar. */
  List<String> query(String sql) {
    try (Connection connection = PostgresDatabase.connect(owner);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getObject(i)));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Runs statements as the owner. */
  void execute(String sql) {
    try (Connection connection = PostgresDatabase.connect(owner);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  long count(String sql) {
    return Long.parseLong(query(sql).get(0));
  }
}
