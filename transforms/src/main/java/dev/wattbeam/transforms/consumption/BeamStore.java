package dev.wattbeam.transforms.consumption;

import org.apache.beam.sdk.state.MapState;

/** A store in the state of the current key. */
final class BeamStore<K, V> implements Store<K, V> {
  private final MapState<K, V> state;

  BeamStore(MapState<K, V> state) {
    this.state = state;
  }

  @Override
  public V get(K key) {
    return state.get(key).read();
  }

  @Override
  public void put(K key, V value) {
    state.put(key, value);
  }

  @Override
  public void remove(K key) {
    state.remove(key);
  }

  @Override
  public Iterable<K> keys() {
    return state.keys().read();
  }
}
