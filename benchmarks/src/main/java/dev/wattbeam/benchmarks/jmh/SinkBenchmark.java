package dev.wattbeam.benchmarks.jmh;

import dev.wattbeam.benchmarks.Database;
import dev.wattbeam.benchmarks.Messages;
import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresRows;
import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.postgresql.PGConnection;

/** Rows of 15-minute intervals into PostgreSQL, per row, on one connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(SinkBenchmark.ROWS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class SinkBenchmark {
  static final int ROWS = 20_000;

  /** What JdbcIO.write sends at a time. */
  private static final int JDBC_BATCH = 1_000;

  private static final long START = Instant.parse("2024-03-01T00:00:00Z").toEpochMilli();
  private static final long INTERVAL_MILLIS = 15 * 60_000;
  private static final int METERS = 200;

  private EmbeddedPostgres server;
  private Database database;
  private PostgresRows rows;
  private Connection connection;
  private final List<ConsumptionRow> first = new ArrayList<>();
  private final List<ConsumptionRow> second = new ArrayList<>();
  private final List<Object[]> values = new ArrayList<>();
  private byte[] copy;
  private String copyStatement;
  private String insertStatement;

  @Setup
  public void start() throws SQLException, IOException {
    server = EmbeddedPostgres.startTemporary();
    database = Database.prepare(server);
    database.register(METERS);
    PostgresConfig config = PostgresConfig.of(database.url(), database.user(), database.password());
    rows = PostgresRows.to(config);
    connection =
        DriverManager.getConnection(
            database.url()
                + (database.url().contains("?") ? "&" : "?")
                + "reWriteBatchedInserts=true",
            database.user(),
            database.password());
    connection.setAutoCommit(false);
    for (int meter = 0; meter < METERS; meter++) {
      for (int i = 0; i < ROWS / METERS; i++) {
        first.add(interval(meter, START + i * INTERVAL_MILLIS, 1));
        second.add(interval(meter, START + i * INTERVAL_MILLIS, 2));
      }
    }
    empty();
    upsertNewRows();
    keep();
  }

  private static ConsumptionRow interval(int meter, long start, long revision) {
    return new ConsumptionRow(
        ConsumptionRow.OwnerKind.METER,
        Messages.meterName(meter),
        "import",
        dev.wattbeam.model.Level.INTERVAL,
        start,
        start + INTERVAL_MILLIS,
        new Consumption(
            1_000_000 + meter * revision,
            INTERVAL_MILLIS,
            INTERVAL_MILLIS,
            1_000_000_000,
            2_000_000_000,
            15,
            0,
            QualityMix.of(Quality.VALID, INTERVAL_MILLIS),
            revision));
  }

  /** The rows as COPY and JDBC want them, without what the table computes itself. */
  private void keep() throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      List<String> columns = new ArrayList<>();
      try (ResultSet result =
          statement.executeQuery(
              "SELECT column_name FROM information_schema.columns WHERE table_schema = 'wattbeam'"
                  + " AND table_name = 'intervals' AND is_generated = 'NEVER'"
                  + " ORDER BY ordinal_position")) {
        while (result.next()) {
          columns.add(result.getString(1));
        }
      }
      String names = String.join(", ", columns);
      copyStatement = "COPY wattbeam.intervals (" + names + ") FROM STDIN (FORMAT binary)";
      insertStatement =
          String.format(
              "INSERT INTO wattbeam.intervals (%s) VALUES (%s) ON CONFLICT (meter, channel,"
                  + " start_time) DO UPDATE SET (%s) = ROW (%s)",
              names,
              String.join(", ", Collections.nCopies(columns.size(), "?")),
              names,
              "excluded." + String.join(", excluded.", columns));
      String select = "SELECT " + names + " FROM wattbeam.intervals";
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)", out);
      copy = out.toByteArray();
      try (ResultSet result = statement.executeQuery(select)) {
        while (result.next()) {
          Object[] row = new Object[columns.size()];
          for (int i = 0; i < row.length; i++) {
            row[i] = result.getObject(i + 1);
          }
          values.add(row);
        }
      }
    }
    connection.commit();
  }

  @Setup(Level.Invocation)
  public void empty() {
    database.empty(Workload.WHOLE_JOB);
  }

  /** Before each replacement. */
  @State(Scope.Thread)
  public static class Filled {
    /** Rows of a lower revision. */
    @Setup(Level.Invocation)
    public void fill(SinkBenchmark benchmark) {
      benchmark.upsertNewRows();
    }
  }

  /** COPY and upsert of rows that are not there. */
  @Benchmark
  public void upsertNewRows() {
    first.forEach(rows::add);
    rows.flush();
  }

  /** COPY and upsert of rows that replace others. */
  @Benchmark
  public void upsertChangedRows(Filled filled) {
    second.forEach(rows::add);
    rows.flush();
  }

  /** The limit: COPY into the table, no upsert. */
  @Benchmark
  public void plainCopy() throws SQLException, IOException {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(copyStatement, new ByteArrayInputStream(copy));
    connection.commit();
  }

  /** An upsert per row in batches, as JdbcIO.write does it. */
  @Benchmark
  public void jdbcBatches() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insertStatement)) {
      int inBatch = 0;
      for (Object[] row : values) {
        for (int i = 0; i < row.length; i++) {
          statement.setObject(i + 1, row[i]);
        }
        statement.addBatch();
        if (++inBatch % JDBC_BATCH == 0) {
          statement.executeBatch();
          connection.commit();
        }
      }
      statement.executeBatch();
    }
    connection.commit();
  }

  @TearDown
  public void stop() throws SQLException {
    rows.close();
    connection.close();
    server.close();
  }
}
