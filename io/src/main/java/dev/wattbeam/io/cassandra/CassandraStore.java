package dev.wattbeam.io.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.data.UdtValue;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import dev.wattbeam.io.store.RowStore;
import dev.wattbeam.io.store.StoreAwayException;
import dev.wattbeam.io.store.StoreException;
import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.RowFlag;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes rows with their revision as the write timestamp, so that Cassandra itself keeps the newest
 * version. Rows of one partition travel as one batch, which is one mutation and no transaction.
 */
final class CassandraStore implements RowStore {
  /** A batch stays far below the usual limits of 16 MB for a mutation. */
  private static final int BATCH_ROWS = 100;

  /** Enough to keep a cluster busy, and to be kept in memory. */
  private static final int BATCHES_IN_FLIGHT = 128;

  private static final double NANOS = Energy.NANOS;

  private final CassandraConfig config;
  private final CqlSession session;
  private final Map<OwnerKind, Map<Level, PreparedStatement>> inserts =
      new EnumMap<>(OwnerKind.class);
  private final PreparedStatement insertLatest;
  private final UserDefinedType consumptionType;
  private final UserDefinedType readingType;

  private CassandraStore(CassandraConfig config, CqlSession session) {
    this.config = config;
    this.session = session;
    KeyspaceMetadata keyspace =
        session
            .getMetadata()
            .getKeyspace(config.keyspace())
            .orElseThrow(() -> missing(config, "the keyspace"));
    consumptionType =
        keyspace
            .getUserDefinedType("consumption")
            .orElseThrow(() -> missing(config, "the type consumption"));
    readingType =
        keyspace
            .getUserDefinedType("reading")
            .orElseThrow(() -> missing(config, "the type reading"));
    for (OwnerKind kind : OwnerKind.values()) {
      Map<Level, PreparedStatement> ofKind = new EnumMap<>(Level.class);
      for (Level level : Level.values()) {
        ofKind.put(level, session.prepare(insert(kind, level)));
      }
      inserts.put(kind, ofKind);
    }
    insertLatest =
        session.prepare(
            String.format(
                "INSERT INTO %s.%s (meter, channel, reading) VALUES (?, ?, ?) USING TIMESTAMP ?",
                config.keyspace(), LATEST_VALUES));
  }

  private static StoreException missing(CassandraConfig config, String what) {
    return new StoreException(
        config.place() + " lacks " + what + ": start the pipeline by its command, which makes it",
        null);
  }

  private String insert(OwnerKind kind, Level level) {
    return String.format(
        "INSERT INTO %s.%s (%s, channel, period, start_time, content) VALUES (?, ?, ?, ?, ?)"
            + " USING TIMESTAMP ?",
        config.keyspace(), RowStore.table(kind, level), kind == OwnerKind.METER ? "meter" : "grp");
  }

  static CassandraStore open(CassandraConfig config) throws StoreAwayException {
    CqlSession session = null;
    CassandraStore store = null;
    try {
      session = CassandraSessions.connect(config);
      store = new CassandraStore(config, session);
      return store;
    } catch (DriverException e) {
      throw CassandraSessions.away(config, e);
    } finally {
      if (store == null && session != null) {
        session.close();
      }
    }
  }

  private record Partition(
      OwnerKind kind, Level level, String owner, String channel, LocalDate period) {
    static Partition of(ConsumptionRow row) {
      return new Partition(
          row.ownerKind(),
          row.level(),
          row.owner(),
          row.channel(),
          periodOf(row.level(), row.startMillis()));
    }
  }

  /** The first day of the UTC month of an interval, of the UTC year of anything longer. */
  static LocalDate periodOf(Level level, long startMillis) {
    LocalDate day = Instant.ofEpochMilli(startMillis).atOffset(ZoneOffset.UTC).toLocalDate();
    return level == Level.INTERVAL ? day.withDayOfMonth(1) : day.withDayOfYear(1);
  }

  @Override
  public void writeRows(List<ConsumptionRow> rows) throws StoreAwayException {
    Instant now = Instant.now();
    Map<Partition, List<ConsumptionRow>> partitions = new HashMap<>();
    for (ConsumptionRow row : rows) {
      partitions.computeIfAbsent(Partition.of(row), key -> new ArrayList<>()).add(row);
    }
    Requests requests = new Requests();
    for (Map.Entry<Partition, List<ConsumptionRow>> entry : partitions.entrySet()) {
      List<ConsumptionRow> all = entry.getValue();
      for (int from = 0; from < all.size(); from += BATCH_ROWS) {
        List<ConsumptionRow> some = all.subList(from, Math.min(all.size(), from + BATCH_ROWS));
        requests.send(statement(entry.getKey(), some, now));
      }
    }
    requests.await();
  }

  private Statement<?> statement(Partition partition, List<ConsumptionRow> rows, Instant now) {
    if (rows.size() == 1) {
      return insert(partition, rows.get(0), now);
    }
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    for (ConsumptionRow row : rows) {
      batch.addStatement(insert(partition, row, now));
    }
    return batch.build();
  }

  private BatchableStatement<?> insert(Partition partition, ConsumptionRow row, Instant now) {
    return inserts
        .get(partition.kind())
        .get(partition.level())
        .bind(
            partition.owner(),
            partition.channel(),
            partition.period(),
            Instant.ofEpochMilli(row.startMillis()),
            content(row, now),
            row.consumption().revision());
  }

  private UdtValue content(ConsumptionRow row, Instant now) {
    Consumption consumption = row.consumption();
    UdtValue content =
        consumptionType
            .newValue()
            .setInstant("written_at", now)
            .setInstant("end_time", Instant.ofEpochMilli(row.endMillis()))
            .setLong("samples", consumption.samples())
            .setLong("covered_ms", consumption.coveredMillis())
            .setLong("expected_ms", consumption.expectedMillis())
            .setString("quality", consumption.quality().describe())
            .setString("flags", RowFlag.describe(consumption.flags()))
            .setLong("revision", consumption.revision());
    if (consumption.known()) {
      return content
          .setLong("energy_mj", consumption.energyMj())
          .setDouble("mean_kw", row.meanKw())
          .setDouble("min_kw", consumption.minPower() / NANOS)
          .setDouble("max_kw", consumption.maxPower() / NANOS);
    }
    return content;
  }

  @Override
  public void writeLatest(List<Reading> readings) throws StoreAwayException {
    Requests requests = new Requests();
    for (Reading reading : readings) {
      requests.send(
          insertLatest.bind(
              reading.meter(),
              reading.channel(),
              content(reading),
              Math.multiplyExact(reading.timeMillis(), 1_000L)));
    }
    requests.await();
  }

  private UdtValue content(Reading reading) {
    return readingType
        .newValue()
        .setByteBuffer("preference", preference(reading))
        .setString("type", reading.type().code())
        .setString("unit", reading.type().unit().symbol())
        .setInstant("time", Instant.ofEpochMilli(reading.timeMillis()))
        .setBigDecimal("value", BigDecimal.valueOf(reading.value(), 9))
        .setLong("duration_ms", reading.durationMillis())
        .setLong("sequence", reading.sequence())
        .setString("quality", reading.quality().code());
  }

  /** Bytes that sort, without signs, as {@link Reading#NEWEST_LAST} does within one time. */
  static ByteBuffer preference(Reading reading) {
    return ByteBuffer.allocate(3 * Long.BYTES + 1)
        .putLong(reading.sequence() ^ Long.MIN_VALUE)
        .put((byte) reading.quality().rank())
        .putLong(reading.durationMillis() ^ Long.MIN_VALUE)
        .putLong(reading.value() ^ Long.MIN_VALUE)
        .flip();
  }

  /** Statements under way; the first failure ends them. */
  private final class Requests {
    private final Semaphore free = new Semaphore(BATCHES_IN_FLIGHT);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    void send(Statement<?> statement) throws StoreAwayException {
      acquire(1);
      if (failure.get() != null) {
        free.release();
        await();
      }
      session
          .executeAsync(statement)
          .whenComplete(
              (result, error) -> {
                if (error != null) {
                  failure.compareAndSet(null, error);
                }
                free.release();
              });
    }

    void await() throws StoreAwayException {
      acquire(BATCHES_IN_FLIGHT);
      Throwable error = failure.get();
      if (error instanceof DriverException e) {
        throw CassandraSessions.away(config, e);
      }
      if (error != null) {
        throw new StoreException(config.place() + ": " + error, error);
      }
    }

    private void acquire(int permits) {
      try {
        free.acquire(permits);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException("Interrupted while writing to " + config.place(), e);
      }
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
