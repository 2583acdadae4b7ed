package dev.wattbeam.io.postgres;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.Origin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** The readings in {@code late_readings}, as the repair looks at them. */
public final class LateReadings {
  private static final int ROWS_AT_ONCE = 10_000;

  private LateReadings() {}

  /** What a repair has to know of a late reading; the reading itself is in topic and archive. */
  public record ToRepair(Origin origin, String meter, long timeMillis) {
    public ToRepair {
      requireNonNull(origin, "origin");
      requireNonNull(meter, "meter");
    }
  }

  /**
   * Those that no repair is done with, by meter and time.
   *
   * @throws PostgresException when the database cannot be reached
   */
  public static List<ToRepair> toRepair(PostgresConfig config, LateReadingFilter filter) {
    StringBuilder sql =
        new StringBuilder(
            "SELECT partition, position, meter, time FROM wattbeam.late_readings"
                + " WHERE repaired_at IS NULL AND source = ?");
    sql.append(filter.meters().isEmpty() ? "" : " AND meter = ANY (?)");
    sql.append(filter.from() == null ? "" : " AND time >= ?");
    sql.append(filter.to() == null ? "" : " AND time < ?");
    sql.append(" ORDER BY meter, time");
    try (Connection connection = PostgresDatabase.connect(config)) {
      connection.setAutoCommit(false); // Else the driver takes in all rows at once.
      try (PreparedStatement query = connection.prepareStatement(sql.toString())) {
        query.setFetchSize(ROWS_AT_ONCE);
        int i = 1;
        query.setString(i++, filter.source());
        if (!filter.meters().isEmpty()) {
          query.setArray(i++, connection.createArrayOf("text", filter.meters().toArray()));
        }
        if (filter.from() != null) {
          query.setTimestamp(i++, Timestamp.from(filter.from()));
        }
        if (filter.to() != null) {
          query.setTimestamp(i, Timestamp.from(filter.to()));
        }
        List<ToRepair> found = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            found.add(
                new ToRepair(
                    new Origin(filter.source(), rows.getInt(1), rows.getLong(2)),
                    rows.getString(3),
                    rows.getTimestamp(4).getTime()));
          }
        }
        return found;
      }
    } catch (SQLException e) {
      throw new PostgresException(PostgresErrors.describe(config, e), e);
    }
  }

  /**
   * Notes that readings have been repaired; those that were marked before keep their time.
   *
   * @throws PostgresException when the database cannot be reached; nothing is marked then
   */
  public static void markRepaired(PostgresConfig config, List<Origin> readings) {
    String sql =
        "UPDATE wattbeam.late_readings t SET repaired_at = clock_timestamp()"
            + " FROM unnest(?, ?, ?) AS k (source, partition, position)"
            + " WHERE (t.source, t.partition, t.position) = (k.source, k.partition, k.position)"
            + " AND t.repaired_at IS NULL";
    try (Connection connection = PostgresDatabase.connect(config)) {
      connection.setAutoCommit(false);
      try (PreparedStatement update = connection.prepareStatement(sql)) {
        for (int from = 0; from < readings.size(); from += ROWS_AT_ONCE) {
          List<Origin> part =
              readings.subList(from, Math.min(readings.size(), from + ROWS_AT_ONCE));
          update.setArray(
              1, connection.createArrayOf("text", part.stream().map(Origin::source).toArray()));
          update.setArray(
              2, connection.createArrayOf("int4", part.stream().map(Origin::partition).toArray()));
          update.setArray(
              3, connection.createArrayOf("int8", part.stream().map(Origin::position).toArray()));
          update.executeUpdate();
        }
      }
      connection.commit();
    } catch (SQLException e) {
      throw new PostgresException(PostgresErrors.describe(config, e), e);
    }
  }
}
