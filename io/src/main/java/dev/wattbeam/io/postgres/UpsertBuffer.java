package dev.wattbeam.io.postgres;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Collects rows of any tables and writes them in one transaction: per table one COPY, and where
 * some of the keys are there already one upsert. Not thread-safe.
 *
 * <p>Writing the same rows again changes nothing, so a transaction whose outcome is unknown is just
 * repeated.
 */
public final class UpsertBuffer {
  /** Bounds the memory of a bundle of unknown size. */
  static final int MAX_ROWS = 50_000;

  /**
   * Months from here on have a partition each; the migration made two for the times around them.
   */
  private static final long FIRST_PARTITION = startMillis(YearMonth.of(2000, 1));

  private static final long END_OF_PARTITIONS = startMillis(YearMonth.of(2100, 1));

  /** Hears what was written. */
  interface Listener {
    /** Rows of a table that were inserted or changed. */
    void upserted(String table, long rows);

    /** A flush was committed, after this time including all attempts. */
    void flushed(long millis);

    /** An attempt failed and is repeated. */
    void retried();
  }

  private final ConnectionPool pool;
  private final Listener listener;
  private final int maxRows;
  private final Retry retry;
  private final Map<UpsertTable<?>, Rows<?>> rows = new HashMap<>();
  private int size;

  UpsertBuffer(ConnectionPool pool, Listener listener) {
    this(pool, listener, MAX_ROWS);
  }

  UpsertBuffer(ConnectionPool pool, Listener listener, int maxRows) {
    this.pool = pool;
    this.listener = listener;
    this.maxRows = maxRows;
    this.retry = new Retry(pool.config(), listener::retried);
  }

  /**
   * Adds a row; writes what has been collected when it is much.
   *
   * @throws PostgresException as {@link #flush}
   */
  public <T> void add(UpsertTable<T> table, T row) {
    rowsOf(table).list.add(row);
    size++;
    if (size >= maxRows) {
      flush();
    }
  }

  @SuppressWarnings("unchecked") // The entry of a table is made here, with its type.
  private <T> Rows<T> rowsOf(UpsertTable<T> table) {
    return (Rows<T>) rows.computeIfAbsent(table, key -> new Rows<>(table));
  }

  /**
   * Writes what has been collected and returns when it is committed.
   *
   * @throws PostgresException when the database stays away for too long, or refuses the rows
   */
  void flush() {
    if (size == 0) {
      return;
    }
    long start = System.nanoTime();
    // One order of tables for all writers, and of keys within: no two wait for each other.
    List<Rows<?>> parts = new ArrayList<>();
    for (Rows<?> part : rows.values()) {
      if (!part.list.isEmpty()) {
        part.keepDistinct();
        parts.add(part);
      }
    }
    parts.sort(Comparator.comparing((Rows<?> part) -> part.table.name()));
    retry.run(what(parts), () -> write(parts));
    listener.flushed(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    for (Rows<?> part : parts) {
      listener.upserted(part.table.name(), part.upserted);
      part.list = new ArrayList<>();
    }
    size = 0;
  }

  private static String what(List<Rows<?>> parts) {
    return parts.stream()
        .map(part -> part.list.size() + " rows to " + part.table.name())
        .collect(joining(", ", "writing ", ""));
  }

  private Void write(List<Rows<?>> parts) throws SQLException {
    try {
      return pool.use(connection -> transact(connection, parts));
    } catch (SQLException e) {
      if (PostgresErrors.CHECK_VIOLATION.equals(PostgresErrors.state(e))
          && pool.forgetPartitions()) {
        // Somebody may have removed a partition that we knew.
        return pool.use(connection -> transact(connection, parts));
      }
      throw e;
    }
  }

  private Void transact(Connection connection, List<Rows<?>> parts) throws SQLException {
    for (Rows<?> part : parts) {
      part.ensurePartitions(connection, pool.knownPartitions());
    }
    connection.setAutoCommit(false);
    for (Rows<?> part : parts) {
      part.upserted = part.write(connection, pool.newRows());
    }
    connection.commit();
    connection.setAutoCommit(true);
    return null;
  }

  private static long startMillis(YearMonth month) {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static final class Rows<T> {
    final UpsertTable<T> table;
    List<T> list = new ArrayList<>();
    long upserted;

    Rows(UpsertTable<T> table) {
      this.table = table;
    }

    void keepDistinct() {
      list = table.distinct(list);
    }

    long write(Connection connection, NewRows newRows) throws SQLException {
      if (newRows.expectedIn(table.name())) {
        if (table.insert(connection, list)) {
          return list.size();
        }
        newRows.foundOthersIn(table.name());
      }
      return table.upsert(connection, list);
    }

    /** In a transaction of its own, so that nobody waits for its locks until the rows are in. */
    void ensurePartitions(Connection connection, Set<String> known) throws SQLException {
      ToLongFunction<T> millis = table.partitionMillis();
      if (millis == null) {
        return;
      }
      Set<YearMonth> missing = new TreeSet<>();
      long monthStart = 0;
      long monthEnd = 0;
      for (T row : list) {
        long time = millis.applyAsLong(row);
        boolean sameMonth = monthStart <= time && time < monthEnd;
        if (!sameMonth && FIRST_PARTITION <= time && time < END_OF_PARTITIONS) {
          YearMonth month = YearMonth.from(Instant.ofEpochMilli(time).atOffset(ZoneOffset.UTC));
          monthStart = startMillis(month);
          monthEnd = startMillis(month.plusMonths(1));
          if (!known.contains(partition(month))) {
            missing.add(month);
          }
        }
      }
      if (missing.isEmpty()) {
        return;
      }
      Object[] months = missing.stream().map(month -> month.atDay(1)).toArray(LocalDate[]::new);
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT wattbeam.ensure_month_partitions(?, ?)")) {
        statement.setString(1, table.name());
        statement.setArray(2, connection.createArrayOf("date", months));
        statement.execute();
      }
      missing.forEach(month -> known.add(partition(month)));
    }

    private String partition(YearMonth month) {
      return table.name() + " " + month;
    }
  }
}
