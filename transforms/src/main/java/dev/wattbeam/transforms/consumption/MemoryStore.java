package dev.wattbeam.transforms.consumption;

import java.util.Map;

/** A store that was read as a whole, or that lives in a test. */
record MemoryStore<K, V>(Map<K, V> map) implements Store<K, V> {
  @Override
  public V get(K key) {
    return map.get(key);
  }

  @Override
  public void put(K key, V value) {
    map.put(key, value);
  }

  @Override
  public void remove(K key) {
    map.remove(key);
  }

  @Override
  public Iterable<K> keys() {
    return map.keySet();
  }
}
