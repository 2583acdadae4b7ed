package dev.wattbeam.io.snowflake;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.TableSlices;
import dev.wattbeam.io.postgres.TableSlices.Slice;
import java.io.Serializable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one run loads. Made once, before the job: a bundle that is repeated then stages the same
 * blocks under the same name.
 *
 * @param run name of the run; part of the names of its files
 * @param until PostgreSQL's time before anything was read
 * @param since of each table by name, what was changed before is in Snowflake; none: all is loaded
 */
public record LoadPlan(String run, Instant until, Map<String, Instant> since, List<Slice> slices) {
  static final String STAGE = "LOADING";

  private static final Logger LOG = LoggerFactory.getLogger(LoadPlan.class);

  private static final DateTimeFormatter SNOWFLAKE_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  /** What the steps of the pipeline need to know; the slices are the elements. */
  record Run(String name, Instant until, Map<String, Instant> since) implements Serializable {
    String directory(WarehouseTable table) {
      return table.name() + "/" + name;
    }
  }

  /**
   * Asks both sides.
   *
   * @param overlap how long before the end of the last load changes are read again: longer than any
   *     transaction that writes rows
   * @param fromBeginning load all rows, whatever was loaded before
   */
  public static LoadPlan make(
      PostgresConfig postgres,
      SnowflakeConfig snowflake,
      String run,
      Duration overlap,
      boolean fromBeginning,
      long bytesPerFile) {
    try (TableSlices tables = TableSlices.of(postgres);
        SnowflakeSession warehouse = new SnowflakeSession(snowflake)) {
      Instant until = tables.now();
      Map<String, Instant> since = new HashMap<>();
      List<Slice> slices = new ArrayList<>();
      for (WarehouseTable table : WarehouseTable.ALL) {
        if (isDone(warehouse, table, run)) {
          LOG.info("{} is loaded already by the run {}", table.name(), run);
          continue;
        }
        Instant loaded = fromBeginning ? null : loadedUntil(warehouse, table);
        if (loaded != null) {
          since.put(table.name(), loaded.minus(overlap));
        }
        slices.addAll(tables.of(table.name(), bytesPerFile));
      }
      return new LoadPlan(run, until, Map.copyOf(since), List.copyOf(slices));
    }
  }

  private static boolean isDone(SnowflakeSession warehouse, WarehouseTable table, String run) {
    return warehouse.run(
        "asking for the run " + run, session -> isDone(session, table.name(), run));
  }

  static boolean isDone(SnowflakeSession session, String table, String run) throws SQLException {
    String count =
        session.ask(
            String.format(
                "SELECT COUNT(*) FROM LOADS WHERE TABLE_NAME = '%s' AND RUN = '%s'", table, run));
    return !count.equals("0");
  }

  private static Instant loadedUntil(SnowflakeSession warehouse, WarehouseTable table) {
    return warehouse.run(
        "asking what was loaded",
        session -> {
          String until =
              session.ask(
                  "SELECT TO_VARCHAR(MAX(UNTIL)) FROM LOADS WHERE TABLE_NAME = '"
                      + table.name()
                      + "'");
          return until == null
              ? null
              : LocalDateTime.parse(until.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        });
  }

  static String literal(Instant time) {
    return "'" + SNOWFLAKE_TIME.format(time) + "'::TIMESTAMP_NTZ";
  }

  Run asRun() {
    return new Run(run, until, since);
  }
}
