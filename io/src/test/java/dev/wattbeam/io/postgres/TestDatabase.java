package dev.wattbeam.io.postgres;

import dev.wattbeam.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own on the one server of this test run. */
final class TestDatabase {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final PostgresConfig owner;

  private TestDatabase(PostgresConfig owner) {
    this.owner = owner;
  }

  /** Started with the first test; the server goes with the process. */
  private static final class Server {
    static final EmbeddedPostgres POSTGRES = EmbeddedPostgres.startTemporary();
  }

  static TestDatabase empty() {
    return create(Server.POSTGRES, "");
  }

  private static TestDatabase create(EmbeddedPostgres server, String options) {
    String name = "test_" + NUMBER.incrementAndGet();
    PostgresConfig superuser =
        PostgresConfig.of(server.jdbcUrl(), server.user(), server.password());
    TestDatabase postgres = new TestDatabase(superuser);
    postgres.execute("CREATE DATABASE " + name + options);
    String url = server.jdbcUrl().replaceAll("/[^/]*$", "/" + name);
    return new TestDatabase(
        PostgresConfig.of(url, server.user(), server.password())
            .withRetryFor(Duration.ofSeconds(1)));
  }

  /** A copy of one migrated database, which is faster than migrating. */
  static TestDatabase migrated() {
    return create(Server.POSTGRES, " TEMPLATE " + Template.NAME);
  }

  private static final class Template {
    static final String NAME = migrated(Server.POSTGRES).owner.database();
  }

  static TestDatabase migrated(EmbeddedPostgres server) {
    TestDatabase database = create(server, "");
    Migrations.migrate(database.owner);
    return database;
  }

  PostgresConfig owner() {
    return owner;
  }

  /** A login with the rights of the pipelines and nothing more. */
  PostgresConfig pipeline() {
    PostgresDatabase.createLogin(owner, "a-pipeline", "it's \"secret\"", "wattbeam_pipeline");
    return owner.withUser("a-pipeline", "it's \"secret\"");
  }

  PostgresConfig reader() {
    PostgresDatabase.createLogin(owner, "a-reader", "read", "wattbeam_reader");
    return owner.withUser("a-reader", "read");
  }

  void execute(String sql) {
    execute(owner, sql);
  }

  static void execute(PostgresConfig config, String sql) {
    try (Connection connection = PostgresDatabase.connect(config);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql + ": " + e.getMessage() + " " + e.getSQLState(), e);
    }
  }

  /** Rows as text, values joined by a bar. */
  List<String> query(String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = PostgresDatabase.connect(owner);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= columns; i++) {
          row.add(result.getString(i));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(sql + ": " + e.getMessage(), e);
    }
  }

  String queryOne(String sql) {
    return String.join("\n", query(sql));
  }

  /** Upserts in one bundle as a sink does. */
  <T> Written write(PostgresConfig config, UpsertTable<T> table, List<T> rows) {
    Written written = new Written();
    try (ConnectionPool pool = ConnectionPool.acquire(config)) {
      UpsertBuffer buffer = new UpsertBuffer(pool, written);
      rows.forEach(row -> buffer.add(table, row));
      buffer.flush();
    }
    return written;
  }

  /** What a buffer said. */
  static final class Written implements UpsertBuffer.Listener {
    long rows;
    int flushes;
    int retries;

    @Override
    public void upserted(String table, long count) {
      rows += count;
    }

    @Override
    public void flushed(long millis) {
      flushes++;
    }

    @Override
    public void retried() {
      retries++;
    }
  }
}
