package dev.wattbeam.benchmarks.live;

import dev.wattbeam.benchmarks.BenchmarkException;
import dev.wattbeam.benchmarks.Database;
import dev.wattbeam.benchmarks.Messages;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long readings take from their moment to the commit of the first row of {@code latest_values}
 * that shows them or a newer one. Looks at some meters several times a second.
 */
final class Freshness implements AutoCloseable {
  private static final int SAMPLED_METERS = 300;
  private static final long LOOK_EVERY_MILLIS = 250;

  private final LiveFeed feed;
  private final long periodMillis;
  private final Map<String, Long> newest = new HashMap<>();
  private final List<Long> delays = new ArrayList<>();
  private final Connection connection;
  private final PreparedStatement query;
  private final Thread thread;
  private volatile boolean closed;
  private volatile SQLException failure;

  /** Starts to look. */
  Freshness(Database database, LiveFeed feed, int meters, int periodSeconds) throws SQLException {
    this.feed = feed;
    periodMillis = periodSeconds * 1000L;
    connection = database.connect();
    query =
        connection.prepareStatement(
            "SELECT meter, (extract(epoch FROM time) * 1000)::bigint,"
                + " (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::bigint"
                + " FROM wattbeam.latest_values WHERE meter = ANY (?)");
    int step = Math.max(1, meters / SAMPLED_METERS);
    List<String> names = new ArrayList<>();
    for (int meter = 0; meter < meters; meter += step) {
      names.add(Messages.meterName(meter));
    }
    Array array = connection.createArrayOf("text", names.toArray());
    query.setArray(1, array);
    thread = new Thread(this::look, "freshness");
    thread.setDaemon(true);
    thread.start();
  }

  private void look() {
    try {
      while (!closed) {
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            see(rows.getString(1), rows.getLong(2), rows.getLong(3));
          }
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
      }
    } catch (SQLException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A row shows all readings of its meter since the row before it. */
  private void see(String meter, long time, long committed) {
    Long before = newest.put(meter, time);
    if (before != null) {
      synchronized (delays) {
        for (long shown = time; shown > before; shown -= periodMillis) {
          delays.add(committed - feed.dueAt(shown));
        }
      }
    }
  }

  /** Forgets what was seen so far. */
  void restart() {
    synchronized (delays) {
      delays.clear();
    }
  }

  /** A part of the readings, such as 0.99, took at most so long, in ms. */
  long percentile(double part) {
    if (failure != null) {
      throw new BenchmarkException("PostgreSQL does not tell its rows: " + failure, failure);
    }
    synchronized (delays) {
      if (delays.isEmpty()) {
        throw new BenchmarkException("no row has changed");
      }
      List<Long> sorted = new ArrayList<>(delays);
      Collections.sort(sorted);
      return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }
  }

  @Override
  public void close() throws InterruptedException, SQLException {
    closed = true;
    thread.join();
    connection.close();
  }
}
