package dev.wattbeam.io.store;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The connection of this process to one store, shared by all steps that write to it. Opened when
 * first needed, closed some seconds after the last user has released it.
 */
final class SharedStore implements AutoCloseable {
  /**
   * Some runners make and discard their DoFns with every bundle: a store outlives a short pause.
   */
  private static final long LINGER_SECONDS = 20;

  private static final Map<RowStoreConfig, SharedStore> STORES = new HashMap<>();

  private final RowStoreConfig config;
  private RowStore store;
  private int users;
  private long generation;

  private SharedStore(RowStoreConfig config) {
    this.config = config;
  }

  /** To be released by {@link #close()} once. */
  static SharedStore acquire(RowStoreConfig config) {
    synchronized (STORES) {
      SharedStore shared = STORES.computeIfAbsent(config, SharedStore::new);
      shared.users++;
      shared.generation++;
      return shared;
    }
  }

  /** The open store; its drivers mend broken connections by themselves. */
  synchronized RowStore get() throws StoreAwayException {
    if (store == null) {
      store = config.open();
    }
    return store;
  }

  /** Releases the store; it is closed when nobody takes it again soon. */
  @Override
  public void close() {
    synchronized (STORES) {
      users--;
      if (users == 0) {
        long unusedSince = generation;
        Executor later = CompletableFuture.delayedExecutor(LINGER_SECONDS, TimeUnit.SECONDS);
        later.execute(() -> closeIfUnusedSince(unusedSince));
      }
    }
  }

  private void closeIfUnusedSince(long unusedSince) {
    synchronized (STORES) {
      if (generation != unusedSince || !STORES.remove(config, this)) {
        return;
      }
    }
    synchronized (this) {
      if (store != null) {
        store.close();
      }
    }
  }
}
