package dev.wattbeam.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** What the database holds now, as lines of text for a terminal. */
final class LiveView {
  /** So few that the whole table fits on a small terminal. */
  private static final int MOST_METERS = 8;

  private static final int MOST_GROUPS = 3;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Flags of intervals that say that a defect was found and dealt with. */
  private static final List<String> DEFECT_FLAGS =
      List.of(
          "register-glitch",
          "register-reset",
          "register-rollover",
          "meter-exchange",
          "overlap",
          "conflict");

  /** Row counts scan whole tables, so they are looked up rarely where that takes long. */
  private static final int SCAN_SHARE = 20;

  private String flags = "none";
  private long accepted;
  private long nextScanNanos = System.nanoTime();

  /**
   * Whether a row of this run is in the database.
   *
   * @param since start of the run, database clock
   */
  static boolean hasRowSince(Connection database, Instant since) throws SQLException {
    try (var statement =
        database.prepareStatement(
            "SELECT EXISTS (SELECT FROM wattbeam.latest_intervals WHERE updated_at >= ?)")) {
      statement.setObject(1, since.atOffset(ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /** The last intervals of some meters and groups. */
  List<String> intervals(Connection database) throws SQLException {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-26s %-11s %-16s %10s %9s %9s %7s  %s",
            "last interval of",
            "channel",
            "start (UTC)",
            "kWh",
            "mean kW",
            "max kW",
            "covered",
            "quality, flags"));
    append(
        lines,
        database,
        "SELECT meter, channel, start_time, energy_kwh, mean_kw, max_kw, coverage, quality, flags"
            + " FROM wattbeam.latest_intervals ORDER BY meter, channel LIMIT "
            + (MOST_METERS + 1),
        MOST_METERS);
    append(
        lines,
        database,
        "SELECT g.name, i.channel, i.start_time, i.energy_kwh, i.mean_kw, i.max_kw, i.coverage,"
            + " i.quality, i.flags FROM wattbeam.groups g CROSS JOIN LATERAL (SELECT * FROM"
            + " wattbeam.group_intervals i WHERE i.grp = g.name AND i.channel = 'import'"
            + " ORDER BY i.start_time DESC LIMIT 1) i ORDER BY g.kind = 'site', g.kind DESC, g.name LIMIT "
            + (MOST_GROUPS + 1),
        MOST_GROUPS);
    return lines;
  }

  private static void append(List<String> lines, Connection database, String query, int most)
      throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      for (int shown = 0; row.next(); shown++) {
        if (shown == most) {
          lines.add("...");
          return;
        }
        lines.add(
            String.format(
                Locale.ROOT,
                "%-26s %-11s %-16s %10s %9s %9s %6.0f%%  %s%s",
                cut(row.getString(1), 26),
                cut(row.getString(2), 11),
                CLOCK.format(row.getTimestamp(3).toInstant()),
                decimal(row, 4, "%.4f"),
                decimal(row, 5, "%.3f"),
                decimal(row, 6, "%.3f"),
                100 * row.getDouble(7),
                row.getString(8),
                row.getString(9).isEmpty() ? "" : ", " + row.getString(9)));
      }
    }
  }

  private static String decimal(ResultSet row, int column, String format) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? "unknown" : String.format(Locale.ROOT, format, value);
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "~";
  }

  /**
   * What became of the readings.
   *
   * @param sent readings sent so far
   * @param durable readings that the pipeline has read and made durable
   * @param fresh whether everything is looked up now, however long it takes
   */
  List<String> fate(Connection database, long sent, long durable, boolean fresh)
      throws SQLException {
    StringJoiner codes = new StringJoiner(", ");
    long rejected = 0;
    long rejectedElsewhere = 0;
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT code, count(*), count(*) FILTER (WHERE step = 'ReadFile')"
                    + " FROM wattbeam.dead_letters GROUP BY code ORDER BY 2 DESC, 1")) {
      while (row.next()) {
        codes.add(String.format(Locale.ROOT, "%s %,d", row.getString(1), row.getLong(2)));
        rejected += row.getLong(2);
        rejectedElsewhere += row.getLong(3);
      }
    }
    long late = count(database, "SELECT count(*) FROM wattbeam.late_readings");
    if (fresh || System.nanoTime() >= nextScanNanos) {
      long start = System.nanoTime();
      accepted =
          count(database, "SELECT coalesce(sum(samples), 0)::bigint FROM wattbeam.intervals");
      flags = countFlags(database);
      long end = System.nanoTime();
      nextScanNanos = end + SCAN_SHARE * (end - start);
    }
    long others = sent - accepted - late - (rejected - rejectedElsewhere);
    return List.of(
        String.format(
            Locale.ROOT,
            "found     %,d accepted, %,d rejected, %,d too late (kept aside), %,d duplicates%s",
            accepted,
            rejected,
            late,
            Math.max(0, others),
            durable >= sent ? "" : " or still on their way"),
        String.format(Locale.ROOT, "rejected  %s", rejected == 0 ? "none" : codes),
        String.format(Locale.ROOT, "marked    intervals with %s", flags));
  }

  private static long count(Connection database, String query) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String countFlags(Connection database) throws SQLException {
    StringJoiner columns = new StringJoiner(", ");
    for (String flag : DEFECT_FLAGS) {
      columns.add("count(*) FILTER (WHERE flags LIKE '%" + flag + "%')");
    }
    StringJoiner found = new StringJoiner(", ");
    found.setEmptyValue("none");
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + columns + " FROM wattbeam.intervals WHERE flags <> ''")) {
      row.next();
      for (int i = 0; i < DEFECT_FLAGS.size(); i++) {
        if (row.getLong(i + 1) > 0) {
          found.add(String.format(Locale.ROOT, "%s %,d", DEFECT_FLAGS.get(i), row.getLong(i + 1)));
        }
      }
    }
    return found.toString();
  }
}
