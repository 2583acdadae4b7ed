package dev.wattbeam.transforms.consumption;

/** A map that lives in the state of a pipeline, or in memory in a test. */
interface Store<K, V> {
  /** The value, or null. */
  V get(K key);

  void put(K key, V value);

  void remove(K key);

  Iterable<K> keys();
}
