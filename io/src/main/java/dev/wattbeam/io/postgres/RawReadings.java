package dev.wattbeam.io.postgres;

import dev.wattbeam.io.kafka.RawReading;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the table {@code raw_readings}: all of it in ranges of ids, or what finished transactions
 * have written since a position. Used by one thread.
 *
 * <p>A transaction below the {@link Horizon} has ended: what it wrote is visible to every query
 * after that, and nothing will be added to it. So nobody who reads up to the horizon and goes on
 * from there misses a row, whenever and in whichever order transactions commit.
 */
public final class RawReadings implements AutoCloseable {
  /** Where dead letters of rows come from. */
  public static final String TABLE = "wattbeam.raw_readings";

  private static final String SELECT =
      "SELECT transaction::text AS number, id, time, meter, channel, type, unit, value::text,"
          + " duration_ms, sequence, quality FROM wattbeam.raw_readings ";

  private final PostgresSession session;

  private RawReadings(PostgresConfig config) {
    this.session = new PostgresSession(config, connection -> null);
  }

  /** Reads this database; the connection is made when it is first needed. */
  public static RawReadings of(PostgresConfig config) {
    return new RawReadings(config);
  }

  /** A row of the table. */
  public record Row(CapturePosition position, RawReading reading) {}

  /**
   * How far the transactions of the server have come.
   *
   * @param transaction all below have ended
   * @param newest all from here on have not begun
   */
  public record Horizon(long transaction, long newest) {
    /** Whether an open transaction makes later ones wait. */
    public boolean isHeld() {
      return transaction < newest;
    }
  }

  /** How far the transactions of the server have come. */
  public Horizon horizon() {
    return session.run(
        "asking for open transactions",
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet answer =
                  statement.executeQuery(
                      "SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text"
                          + " FROM pg_current_snapshot() s")) {
            answer.next();
            return new Horizon(number(answer, 1), number(answer, 2));
          }
        });
  }

  /** The server process that has a transaction open; 0 when it is prepared, or has ended. */
  public int processOf(long transaction) {
    return session.run(
        "asking for an open transaction",
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT coalesce(max(pid), 0) FROM pg_locks WHERE locktype = 'transactionid'"
                      + " AND granted AND transactionid = ?::xid8::xid")) {
            query.setString(1, String.valueOf(transaction));
            try (ResultSet answer = query.executeQuery()) {
              answer.next();
              return answer.getInt(1);
            }
          }
        });
  }

  /**
   * The next rows behind a position, in their order.
   *
   * @param until only rows of transactions below
   */
  public List<Row> after(CapturePosition position, long until, int limit) {
    return session.run(
        "reading " + TABLE,
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  SELECT
                      + "WHERE (transaction, id, time) > (?::xid8, ?, ?) AND transaction < ?::xid8"
                      + " ORDER BY transaction, id, time LIMIT ?")) {
            query.setString(1, String.valueOf(position.transaction()));
            query.setLong(2, position.id());
            query.setObject(3, position.time());
            query.setString(4, String.valueOf(until));
            query.setInt(5, limit);
            return rows(query);
          }
        });
  }

  /** The beginning of a range that has about this many rows; null when the range has none. */
  public IdRange beginning(IdRange range, int rows) {
    return session.run(
        "dividing " + TABLE,
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT max(id) FROM (SELECT id FROM wattbeam.raw_readings"
                      + " WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?) part")) {
            query.setLong(1, range.first());
            query.setLong(2, range.last());
            query.setInt(3, rows);
            try (ResultSet answer = query.executeQuery()) {
              answer.next();
              long last = answer.getLong(1);
              return answer.wasNull() ? null : new IdRange(range.first(), last);
            }
          }
        });
  }

  /** All rows of a range, whoever wrote them, in the order of their ids. */
  public List<Row> within(IdRange range) {
    return session.run(
        "reading " + TABLE,
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(SELECT + "WHERE id BETWEEN ? AND ? ORDER BY id")) {
            query.setLong(1, range.first());
            query.setLong(2, range.last());
            return rows(query);
          }
        });
  }

  private static List<Row> rows(PreparedStatement query) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (ResultSet result = query.executeQuery()) {
      while (result.next()) {
        OffsetDateTime time = result.getObject(3, OffsetDateTime.class);
        CapturePosition position = new CapturePosition(number(result, 1), result.getLong(2), time);
        RawReading reading =
            new RawReading(
                result.getString(4),
                result.getString(5),
                result.getString(6),
                result.getString(7),
                text(time),
                result.getString(8),
                (Long) result.getObject(9),
                (Long) result.getObject(10),
                result.getString(11));
        rows.add(new Row(position, reading));
      }
    }
    return rows;
  }

  /** The driver's first and last times are PostgreSQL's infinities. */
  private static String text(OffsetDateTime time) {
    return time.equals(OffsetDateTime.MAX)
        ? "infinity"
        : time.equals(OffsetDateTime.MIN) ? "-infinity" : time.toInstant().toString();
  }

  /** The driver knows no xid8. */
  static long number(ResultSet result, int column) throws SQLException {
    return Long.parseLong(result.getString(column));
  }

  @Override
  public void close() {
    session.close();
  }
}
