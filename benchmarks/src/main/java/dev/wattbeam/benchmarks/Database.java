package dev.wattbeam.benchmarks;

import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingType;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** The tables that the contenders fill, and what is asked of them afterwards. */
public final class Database {
  private static final int METERS_OF_FEEDER = 20;
  private static final int FEEDERS_OF_REGION = 50;
  private static final long KW = 1_000_000_000;

  private final PostgresConfig config;

  private Database(PostgresConfig config) {
    this.config = config;
  }

  /** Makes the schemas and the product's tables, and prepares the server for measurements. */
  public static Database prepare(EmbeddedPostgres server) {
    Database database =
        new Database(PostgresConfig.of(server.jdbcUrl(), server.user(), server.password()));
    // For the time of the last row; and nothing of the server's own that comes and goes between.
    database.execute("ALTER SYSTEM SET track_commit_timestamp = on");
    database.execute("ALTER SYSTEM SET autovacuum = off");
    database.execute("ALTER SYSTEM SET checkpoint_timeout = '1h'");
    database.execute("ALTER SYSTEM SET max_wal_size = '16GB'");
    database.execute("ALTER SYSTEM SET shared_buffers = '1GB'");
    server.stop();
    server.start();
    Migrations.migrate(database.config);
    database.execute("CREATE SCHEMA bench");
    database.execute("CREATE SCHEMA reference");
    return database;
  }

  /** Registers the meters and groups of the whole job. */
  public void register(int meters) {
    register(meters, 60, 300);
  }

  /** Registers meters and groups; the periods are in seconds. */
  public void register(int meters, int period, int intervalPeriod) {
    ZoneId zone = ZoneId.of("Europe/Paris");
    Map<ReadingType, MeterType> types =
        Map.of(
            ReadingType.POWER,
            MeterType.generic("power meter")
                .withMaxPower(20 * KW)
                .withNominalPeriod(period * 1000L),
            ReadingType.INTERVAL,
            MeterType.generic("interval meter")
                .withMaxPower(20 * KW)
                .withNominalPeriod(intervalPeriod * 1000L),
            ReadingType.REGISTER,
            MeterType.generic("register meter")
                .withMaxPower(20 * KW)
                .withNominalPeriod(period * 1000L));
    List<Meter> entries = new ArrayList<>();
    List<Group> groups = new ArrayList<>();
    List<Membership> memberships = new ArrayList<>();
    for (int meter = 0; meter < meters; meter++) {
      ReadingType type =
          Messages.isRegister(meter)
              ? ReadingType.REGISTER
              : Messages.isInterval(meter) ? ReadingType.INTERVAL : ReadingType.POWER;
      entries.add(
          Meter.of(Messages.meterName(meter), types.get(type), zone, Map.of("import", type)));
      int feeder = meter / METERS_OF_FEEDER;
      if (meter % METERS_OF_FEEDER == 0) {
        groups.add(new Group("feeder-" + feeder, "feeder", zone));
        int region = feeder / FEEDERS_OF_REGION;
        if (feeder % FEEDERS_OF_REGION == 0) {
          groups.add(new Group("region-" + region, "region", zone));
        }
        memberships.add(Membership.ofGroup("feeder-" + feeder, "region-" + region));
      }
      memberships.add(Membership.ofMeter(Messages.meterName(meter), "feeder-" + feeder));
    }
    execute("TRUNCATE wattbeam.meters, wattbeam.groups, wattbeam.meter_types CASCADE");
    MeterDirectoryStore.of(config).save(new DirectoryEntries(entries, groups, memberships));
    execute(
        "SELECT wattbeam.ensure_month_partitions('intervals',"
            + " ARRAY['2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01']::date[])");
  }

  /** Makes the tables of a workload empty, and writes out what earlier runs left to be written. */
  public void empty(Workload workload) {
    for (Table table : Table.of(workload)) {
      if (table.createStatement() == null) {
        execute("TRUNCATE " + table.name());
      } else {
        execute("DROP TABLE IF EXISTS " + table.name());
        execute(table.createStatement());
      }
    }
    execute("CHECKPOINT");
  }

  /** Keeps the rows that are there now as those that everybody else's have to equal. */
  void keepAsReference(Workload workload) {
    for (Table table : Table.of(workload)) {
      execute("DROP TABLE IF EXISTS " + table.reference());
      execute("CREATE TABLE " + table.reference() + " AS SELECT * FROM " + table.name());
    }
  }

  /** Rows written and replaced since the server's start, as far as its statistics know. */
  public long rowsWritten() {
    return ((Number)
            query(
                "SELECT coalesce(sum(n_tup_ins + n_tup_upd), 0)::bigint FROM pg_stat_user_tables"
                    + " WHERE schemaname = 'wattbeam'"))
        .longValue();
  }

  /** Bytes of the product's tables, with their indexes, over their rows. */
  public double bytesPerRow() {
    return ((Number)
            query(
                "SELECT coalesce(sum(pg_total_relation_size(relid)) / nullif(sum(n_live_tup), 0), 0)"
                    + " FROM pg_stat_user_tables WHERE schemaname = 'wattbeam' AND n_live_tup > 0"))
        .doubleValue();
  }

  /** How many rows a workload's tables hold. */
  long rows(Workload workload) {
    long rows = 0;
    for (Table table : Table.of(workload)) {
      rows += (long) query("SELECT count(*) FROM " + table.name());
    }
    return rows;
  }

  /** When the last of the rows was committed; null when there are none. */
  Instant lastCommit(Workload workload) {
    Instant last = null;
    for (Table table : Table.of(workload)) {
      Timestamp found =
          (Timestamp)
              query(
                  "SELECT max(pg_xact_commit_timestamp(x)) FROM"
                      + " (SELECT DISTINCT xmin AS x FROM "
                      + table.name()
                      + ") t");
      if (found != null && (last == null || found.toInstant().isAfter(last))) {
        last = found.toInstant();
      }
    }
    return last;
  }

  /** How the tables differ from the reference; empty when they do not. */
  String difference(Workload workload) {
    StringJoiner text = new StringJoiner("; ");
    for (Table table : Table.of(workload)) {
      String found = digest(table, table.name());
      String expected = digest(table, table.reference());
      if (!found.equals(expected)) {
        text.add(
            table.name()
                + " has (rows, checksum) "
                + found
                + " instead of "
                + expected
                + except("too much: ", table, table.name(), table.reference())
                + except("missing: ", table, table.reference(), table.name()));
      }
    }
    return text.toString();
  }

  /** Number of rows and a checksum that does not depend on their order. */
  private String digest(Table table, String name) {
    return (String)
        query(
            "SELECT count(*) || ', ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
                + " FROM (SELECT "
                + table.content()
                + " FROM "
                + name
                + ") t");
  }

  private String except(String what, Table table, String some, String others) {
    String rows =
        (String)
            query(
                "SELECT string_agg(t::text, ' ') FROM (SELECT "
                    + table.content()
                    + " FROM "
                    + some
                    + " EXCEPT SELECT "
                    + table.content()
                    + " FROM "
                    + others
                    + " ORDER BY 1, 2, 3 LIMIT 3) t");
    return rows == null ? "" : ", " + what + rows;
  }

  private void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new BenchmarkException("PostgreSQL refuses " + sql + ": " + e.getMessage(), e);
    }
  }

  private Object query(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getObject(1);
    } catch (SQLException e) {
      throw new BenchmarkException("PostgreSQL refuses " + sql + ": " + e.getMessage(), e);
    }
  }

  /** A connection of the caller's own. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(config.url(), config.user(), config.password());
  }

  /** JDBC URL, without user and password. */
  public String url() {
    return config.url();
  }

  public String user() {
    return config.user();
  }

  public String password() {
    return config.password();
  }
}
