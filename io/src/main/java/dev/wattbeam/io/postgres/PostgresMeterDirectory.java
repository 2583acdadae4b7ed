package dev.wattbeam.io.postgres;

import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterDirectorySource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meter directory of a database, one snapshot per process. When it is older than {@link
 * PostgresConfig#directoryRefresh} it is read again in the background; until that has succeeded the
 * old one is used, so an outage of the database does not stop the look-ups.
 */
public final class PostgresMeterDirectory implements MeterDirectorySource {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(PostgresMeterDirectory.class);

  /** One snapshot per process and database, however many copies of this object a runner makes. */
  private static final Map<PostgresConfig, Cache> CACHES = new ConcurrentHashMap<>();

  private final PostgresConfig config;
  private transient volatile Cache cache;

  private PostgresMeterDirectory(PostgresConfig config) {
    this.config = config;
  }

  /** The directory in this database; nothing is read before the first {@link #snapshot}. */
  public static PostgresMeterDirectory of(PostgresConfig config) {
    return new PostgresMeterDirectory(config);
  }

  /**
   * The current snapshot; takes time only at the first call in a process.
   *
   * @throws PostgresException when the first reading fails: the database cannot be reached, is not
   *     migrated, or its directory contradicts itself
   */
  @Override
  public MeterDirectory snapshot() {
    Cache found = cache;
    if (found == null) {
      found = CACHES.computeIfAbsent(config, Cache::new);
      cache = found;
    }
    return found.snapshot();
  }

  private static final class Cache {
    private final PostgresConfig config;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile MeterDirectory snapshot;
    private volatile long triedNanos;

    Cache(PostgresConfig config) {
      this.config = config;
    }

    MeterDirectory snapshot() {
      MeterDirectory current = snapshot;
      if (current == null) {
        return first();
      }
      if (System.nanoTime() - triedNanos > config.directoryRefresh().toNanos()
          && reading.compareAndSet(false, true)) {
        CompletableFuture<Void> ignored = CompletableFuture.runAsync(this::refresh);
      }
      return current;
    }

    private synchronized MeterDirectory first() {
      if (snapshot == null) {
        snapshot = read(config);
        triedNanos = System.nanoTime();
      }
      return snapshot;
    }

    private void refresh() {
      try {
        // One attempt: the next refresh comes soon enough.
        snapshot = read(config.withRetryFor(Duration.ZERO));
      } catch (PostgresException e) {
        LOG.warn(
            "The meter directory stays as it was; the next attempt is in {} s. {}",
            config.directoryRefresh().toSeconds(),
            e.getMessage());
      } finally {
        triedNanos = System.nanoTime();
        reading.set(false);
      }
    }

    private static MeterDirectory read(PostgresConfig config) {
      DirectoryEntries entries = MeterDirectoryStore.of(config).load();
      try {
        return entries.toDirectory();
      } catch (IllegalArgumentException e) {
        throw new PostgresException(e.getMessage() + " (in " + config.place() + ")", e);
      }
    }
  }
}
