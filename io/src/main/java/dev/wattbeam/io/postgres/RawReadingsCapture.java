package dev.wattbeam.io.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far {@code raw_readings} were sent to a topic, kept in the table {@code captures}. One
 * process per topic at a time, which a lock of its session shows. Thread-safe.
 */
public final class RawReadingsCapture implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("\\[(-?\\d+),(-?\\d+)\\)");

  private final String topic;
  private final String topicId;
  private final PostgresSession session;

  private RawReadingsCapture(PostgresConfig config, String topic, String topicId) {
    this.topic = topic;
    this.topicId = topicId;
    this.session = new PostgresSession(config, this::lock);
  }

  /**
   * Takes the lock of a topic.
   *
   * @param topicId Kafka's identifier of the topic
   * @throws PostgresException at once when the database cannot be reached or somebody else sends to
   *     the topic
   */
  public static RawReadingsCapture open(PostgresConfig config, String topic, String topicId) {
    RawReadingsCapture capture = new RawReadingsCapture(config, topic, topicId);
    try {
      return capture.session.once(connection -> capture);
    } catch (SQLException e) {
      throw new PostgresException(PostgresErrors.describe(config, e), e);
    }
  }

  /** In time for a process that was killed: its session ends a moment after it. */
  private Void lock(Connection connection) throws SQLException {
    String key = "hashtextextended('wattbeam.captures ' || ?, 0)";
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_advisory_lock(" + key + ")")) {
      lock.setString(1, topicId);
      lock.execute();
      return null;
    } catch (SQLException e) {
      if (!PostgresErrors.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      try (PreparedStatement find =
          connection.prepareStatement(
              "SELECT max(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                  + " AND database = (SELECT oid FROM pg_database"
                  + " WHERE datname = current_database())"
                  + " AND (classid::bigint << 32) | objid::bigint = "
                  + key)) {
        find.setString(1, topicId);
        try (ResultSet holder = find.executeQuery()) {
          holder.next();
          throw new SQLException(
              String.format(
                  "another program sends raw_readings to topic %s: end it, or, if its machine is"
                      + " gone, its session: SELECT pg_terminate_backend(%d)",
                  topic, holder.getInt(1)),
              e.getSQLState());
        }
      }
    }
  }

  /**
   * What is still to be sent.
   *
   * @param position rows behind it
   * @param toBackfill rows of the first pass
   */
  public record Rest(CapturePosition position, List<IdRange> toBackfill) {}

  /**
   * Where to go on; begins with the whole table when nothing was sent yet.
   *
   * @param fromBeginning the whole table in any case
   * @throws PostgresException when the positions are those of another server
   */
  public synchronized Rest start(boolean fromBeginning) {
    return session.run(
        "reading captures",
        connection -> {
          if (fromBeginning) {
            begin(connection, true);
          }
          Rest rest = find(connection);
          if (rest == null) {
            begin(connection, false);
            rest = find(connection);
          }
          return rest;
        });
  }

  /** One statement, so that ids and open transactions are seen at one moment. */
  private void begin(Connection connection, boolean again) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO wattbeam.captures AS c
              (topic, topic_id, system_id, to_backfill, transaction, id, time)
            SELECT ?, ?, system_identifier,
              (SELECT CASE WHEN min(id) IS NULL THEN '{}'
                 ELSE int8multirange(int8range(min(id), max(id), '[]')) END
               FROM wattbeam.raw_readings),
              pg_snapshot_xmin(pg_current_snapshot()), ?, '-infinity'
            FROM pg_control_system()
            ON CONFLICT (topic, topic_id) DO UPDATE SET
              (system_id, to_backfill, transaction, id, time, updated_at) =
              (excluded.system_id, excluded.to_backfill, excluded.transaction, excluded.id,
               excluded.time, now())
            WHERE ?\
            """)) {
      insert.setString(1, topic);
      insert.setString(2, topicId);
      insert.setLong(3, Long.MIN_VALUE);
      insert.setBoolean(4, again);
      insert.execute();
    }
  }

  private Rest find(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT transaction::text, id, time, to_backfill::text,"
                + " system_id = (SELECT system_identifier FROM pg_control_system())"
                + " FROM wattbeam.captures WHERE topic = ? AND topic_id = ?")) {
      query.setString(1, topic);
      query.setString(2, topicId);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        if (!row.getBoolean(5)) {
          throw new PostgresException(
              "wattbeam.captures was copied from another server, whose transactions have other"
                  + " numbers: send the whole table again with --fromBeginning");
        }
        return new Rest(
            new CapturePosition(
                RawReadings.number(row, 1), row.getLong(2), row.getObject(3, OffsetDateTime.class)),
            ranges(row.getString(4)));
      }
    }
  }

  private static List<IdRange> ranges(String multirange) {
    List<IdRange> ranges = new ArrayList<>();
    Matcher matcher = RANGE.matcher(multirange);
    while (matcher.find()) {
      ranges.add(
          new IdRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)) - 1));
    }
    return ranges;
  }

  /** Notes that Kafka has every row up to here; returns when that is durable. */
  public synchronized void moveTo(CapturePosition position) {
    session.run(
        "writing captures",
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE wattbeam.captures SET (transaction, id, time, updated_at) ="
                      + " (?::xid8, ?, ?, now()) WHERE topic = ? AND topic_id = ?")) {
            update.setString(1, String.valueOf(position.transaction()));
            update.setLong(2, position.id());
            update.setObject(3, position.time());
            update.setString(4, topic);
            update.setString(5, topicId);
            return update.executeUpdate();
          }
        });
  }

  /** Notes that Kafka has the rows of a range; returns when that is durable. */
  public synchronized void backfilled(IdRange range) {
    session.run(
        "writing captures",
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE wattbeam.captures SET (to_backfill, updated_at) ="
                      + " (to_backfill - int8multirange(int8range(?, ?, '[]')), now())"
                      + " WHERE topic = ? AND topic_id = ?")) {
            update.setLong(1, range.first());
            update.setLong(2, range.last());
            update.setString(3, topic);
            update.setString(4, topicId);
            return update.executeUpdate();
          }
        });
  }

  /** Gives the lock back. */
  @Override
  public synchronized void close() {
    session.close();
  }
}
