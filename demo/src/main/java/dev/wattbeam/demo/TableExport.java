package dev.wattbeam.demo;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGConnection;

/**
 * Writes the result tables as CSV files. Times are UTC in ISO 8601, energy is exact, what is
 * unknown is empty. A file appears under its name only when it is complete.
 */
final class TableExport {
  /** The exact decimal of an energy in mJ; 12 decimals hold every whole number of mJ. */
  private static final String EXACT_KWH =
      "trim_scale(round(energy_mj::numeric(34, 14) / 3600000000, 12)) AS energy_kwh";

  private static final String VALUES =
      utc("start_time", "start")
          + ", "
          + EXACT_KWH
          + ", mean_kw, min_kw, max_kw, samples, coverage, quality, revision, "
          + utc("end_time", "end")
          + ", NULLIF(flags, '') AS flags, energy_mj";

  private TableExport() {}

  /**
   * Writes intervals, hours, days, months, groups and dead letters.
   *
   * @param connection to the database, with the right to read
   * @param directory exists
   * @return rows per file
   */
  static Map<String, Long> write(Connection connection, Path directory)
      throws SQLException, IOException {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (String level : new String[] {"intervals", "hours", "days", "months"}) {
      rows.put(
          level,
          write(
              connection,
              directory.resolve(level + ".csv"),
              "SELECT meter, channel, "
                  + VALUES
                  + " FROM wattbeam."
                  + level
                  + " ORDER BY meter, channel, start_time"));
    }
    rows.put("groups", write(connection, directory.resolve("groups.csv"), groups()));
    rows.put("dead_letters", write(connection, directory.resolve("dead_letters.csv"), rejected()));
    return rows;
  }

  private static String groups() {
    StringBuilder union = new StringBuilder();
    String[] levels = {"interval", "hour", "day", "month"};
    for (int i = 0; i < levels.length; i++) {
      union
          .append(i == 0 ? "" : " UNION ALL ")
          .append("SELECT ")
          .append(i)
          .append(" AS rank, '")
          .append(levels[i])
          .append("' AS level, * FROM wattbeam.group_")
          .append(levels[i])
          .append('s');
    }
    return "SELECT grp AS \"group\", level, channel, "
        + VALUES
        + " FROM ("
        + union
        + ") g ORDER BY grp, rank, channel, start_time";
  }

  private static String rejected() {
    return "SELECT "
        + utc("time", "time")
        + ", code, message, source, partition, position, pipeline, step, payload"
        + " FROM wattbeam.dead_letters ORDER BY source, partition, position, code";
  }

  private static String utc(String column, String name) {
    return "to_char("
        + column
        + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS \""
        + name
        + '"';
  }

  private static long write(Connection connection, Path file, String query)
      throws SQLException, IOException {
    Path unfinished = file.resolveSibling("." + file.getFileName() + ".tmp");
    long rows;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16)) {
      rows =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY (" + query + ") TO STDOUT WITH (FORMAT csv, HEADER)", out);
    }
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return rows;
  }
}
