package dev.wattbeam.io.postgres;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The dead letters that were not replayed yet, in the order of their origins, as a program goes
 * through them once. Letters that come while it does are left for the next time, so what is
 * rejected again does not go round in circles. Not thread-safe.
 *
 * <p>{@link #next} locks what it returns until {@link #commit}: a second program passes these
 * letters over.
 */
public final class DeadLetterQueue implements AutoCloseable {
  private final PostgresConfig config;
  private final DeadLetterFilter filter;
  private final Connection connection;
  private final Timestamp begin;
  private Origin lastOrigin = new Origin("", Integer.MIN_VALUE, Long.MIN_VALUE);
  private String lastCode = "";

  private DeadLetterQueue(
      PostgresConfig config, DeadLetterFilter filter, Connection connection, Timestamp begin) {
    this.config = config;
    this.filter = filter;
    this.connection = connection;
    this.begin = begin;
  }

  /**
   * Connects, as a member of {@code wattbeam_pipeline}.
   *
   * @throws PostgresException when the database cannot be reached
   */
  public static DeadLetterQueue open(PostgresConfig config, DeadLetterFilter filter) {
    try {
      Connection connection = PostgresDatabase.connect(config);
      try {
        connection.setAutoCommit(false);
        Timestamp begin;
        try (PreparedStatement clock = connection.prepareStatement("SELECT now()");
            ResultSet now = clock.executeQuery()) {
          now.next();
          begin = now.getTimestamp(1);
        }
        connection.commit();
        return new DeadLetterQueue(config, filter, connection, begin);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(config, e);
    }
  }

  /** Letters that {@link #next} is going to return, as far as nobody else takes them. */
  public long count() {
    return count(true);
  }

  /** Letters that fit the filter but for their source. */
  public long countOfOtherSources() {
    return count(false);
  }

  private long count(boolean sameSource) {
    String sql = "SELECT count(*) FROM wattbeam.dead_letters WHERE " + conditions(sameSource);
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      bind(query, 1);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        long count = rows.getLong(1);
        connection.commit();
        return count;
      }
    } catch (SQLException e) {
      throw failed(config, e);
    }
  }

  /** The next letters, at most so many; none when all have been seen. */
  public List<DeadLetter> next(int limit) {
    String sql =
        "SELECT source, partition, position, code, pipeline, step, message, payload, time"
            + " FROM wattbeam.dead_letters WHERE "
            + conditions(true)
            + " AND (source, partition, position, code) > (?, ?, ?, ?)"
            + " ORDER BY source, partition, position, code LIMIT ? FOR UPDATE SKIP LOCKED";
    List<DeadLetter> letters = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      int i = bind(query, 1);
      query.setString(i++, lastOrigin.source());
      query.setInt(i++, lastOrigin.partition());
      query.setLong(i++, lastOrigin.position());
      query.setString(i++, lastCode);
      query.setInt(i, limit);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          letters.add(letter(rows));
        }
      }
    } catch (SQLException e) {
      throw failed(config, e);
    }
    if (!letters.isEmpty()) {
      DeadLetter last = letters.get(letters.size() - 1);
      lastOrigin = last.origin();
      lastCode = last.code().name();
    }
    return letters;
  }

  private static DeadLetter letter(ResultSet row) throws SQLException {
    return new DeadLetter(
        row.getString("pipeline"),
        row.getString("step"),
        DeadLetterCode.valueOf(row.getString("code")),
        row.getString("message"),
        row.getString("payload"),
        new Origin(row.getString("source"), row.getInt("partition"), row.getLong("position")),
        row.getTimestamp("time").getTime());
  }

  /** Marks letters of the last {@link #next}; stays undone without {@link #commit}. */
  public void markReplayed(List<DeadLetter> letters, String replayId) {
    String sql =
        "UPDATE wattbeam.dead_letters t SET replayed_at = clock_timestamp(), replay_id = ?"
            + " FROM unnest(?, ?, ?, ?) AS k (source, partition, position, code)"
            + " WHERE (t.source, t.partition, t.position, t.code)"
            + " = (k.source, k.partition, k.position, k.code)";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setString(1, replayId);
      update.setArray(2, array("text", letters, letter -> letter.origin().source()));
      update.setArray(3, array("int4", letters, letter -> letter.origin().partition()));
      update.setArray(4, array("int8", letters, letter -> letter.origin().position()));
      update.setArray(5, array("text", letters, letter -> letter.code().name()));
      update.executeUpdate();
    } catch (SQLException e) {
      throw failed(config, e);
    }
  }

  private Array array(String type, List<DeadLetter> letters, Function<DeadLetter, Object> value)
      throws SQLException {
    return connection.createArrayOf(type, letters.stream().map(value).toArray());
  }

  /** Keeps the marks, and lets others have the letters. */
  public void commit() {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw failed(config, e);
    }
  }

  private String conditions(boolean sameSource) {
    StringBuilder sql = new StringBuilder("replayed_at IS NULL AND written_at <= ?");
    sql.append(sameSource ? " AND source = ?" : " AND source <> ?");
    if (!filter.codes().isEmpty()) {
      sql.append(" AND code = ANY (?)");
    }
    if (filter.pipeline() != null) {
      sql.append(" AND pipeline = ?");
    }
    if (filter.step() != null) {
      sql.append(" AND step = ?");
    }
    if (filter.from() != null) {
      sql.append(" AND time >= ?");
    }
    if (filter.to() != null) {
      sql.append(" AND time < ?");
    }
    return sql.toString();
  }

  /** Returns the number of the parameter after those of {@link #conditions}. */
  private int bind(PreparedStatement query, int first) throws SQLException {
    int i = first;
    query.setTimestamp(i++, begin);
    query.setString(i++, filter.source());
    if (!filter.codes().isEmpty()) {
      Object[] codes = filter.codes().stream().map(DeadLetterCode::name).toArray();
      query.setArray(i++, connection.createArrayOf("text", codes));
    }
    if (filter.pipeline() != null) {
      query.setString(i++, filter.pipeline());
    }
    if (filter.step() != null) {
      query.setString(i++, filter.step());
    }
    if (filter.from() != null) {
      query.setTimestamp(i++, Timestamp.from(filter.from()));
    }
    if (filter.to() != null) {
      query.setTimestamp(i++, Timestamp.from(filter.to()));
    }
    return i;
  }

  private static PostgresException failed(PostgresConfig config, SQLException e) {
    return new PostgresException(PostgresErrors.describe(config, e), e);
  }

  /** Gives back what was not committed. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(config, e);
    }
  }
}
