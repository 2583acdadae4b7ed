package dev.wattbeam.io.postgres;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Reading;

/**
 * What {@link WriteConsumption} and its sisters do with the elements of a bundle, for programs
 * without Beam: collects rows and writes them in one transaction, per table one COPY and one
 * upsert. Not thread-safe.
 */
public final class PostgresRows implements AutoCloseable {
  private final ConnectionPool pool;
  private final UpsertBuffer rows;

  private PostgresRows(ConnectionPool pool) {
    this.pool = pool;
    this.rows = new UpsertBuffer(pool, new NobodyListens());
  }

  /** Writes to this database, with the rights of the role {@code wattbeam_pipeline}. */
  public static PostgresRows to(PostgresConfig config) {
    return new PostgresRows(ConnectionPool.acquire(config));
  }

  /**
   * Adds a row of a meter or group; writes what has been collected when it is much.
   *
   * @throws PostgresException as {@link #flush}
   */
  public void add(ConsumptionRow row) {
    rows.add(Tables.consumption(row.ownerKind(), row.level()), row);
  }

  /** Adds the newest reading of a channel, as {@link #add(ConsumptionRow)}. */
  public void addLatest(Reading reading) {
    rows.add(Tables.LATEST_VALUES, reading);
  }

  /** Adds a late reading, as {@link #add(ConsumptionRow)}. */
  public void add(LateReading reading) {
    rows.add(Tables.LATE_READINGS, reading);
  }

  /** Adds a dead letter, as {@link #add(ConsumptionRow)}. */
  public void add(DeadLetter letter) {
    rows.add(Tables.DEAD_LETTERS, letter);
  }

  /**
   * Writes what has been collected and returns when it is committed.
   *
   * @throws PostgresException when the database stays away for too long, or refuses the rows
   */
  public void flush() {
    rows.flush();
  }

  /** Releases the connections; what has not been flushed is discarded. */
  @Override
  public void close() {
    pool.close();
  }

  private static final class NobodyListens implements UpsertBuffer.Listener {
    @Override
    public void upserted(String table, long rows) {}

    @Override
    public void flushed(long millis) {}

    @Override
    public void retried() {}
  }
}
