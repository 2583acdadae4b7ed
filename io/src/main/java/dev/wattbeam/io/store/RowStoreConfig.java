package dev.wattbeam.io.store;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Everything needed to reach one store. Travels to the workers with the pipeline, password
 * included, so job graphs are as secret as it is. Equal ones share their connections.
 */
public interface RowStoreConfig extends Serializable {
  /** Name of the kind of store, such as {@code Cassandra}: for steps, metrics and messages. */
  String kind();

  /** How long a write is tried again while the store is away. */
  Duration retryFor();

  /**
   * Connects.
   *
   * @throws StoreAwayException when the store does not answer
   * @throws StoreException when it refuses
   */
  RowStore open() throws StoreAwayException;

  /**
   * Looks whether pipelines can write to the store, and makes the tables that it lacks.
   *
   * @return one line for each thing that is wrong; empty when nothing is
   */
  List<String> prepare();
}
