package dev.wattbeam.transforms.consumption;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.VarInt;

/** Writes a map in the order of its keys; a part of the coders of this package. */
record SortedMapCoder<K extends Comparable<K>, V>(Coder<K> keys, Coder<V> values) {
  void encode(SortedMap<K, V> map, OutputStream out) throws IOException {
    VarInt.encode(map.size(), out);
    for (Map.Entry<K, V> entry : map.entrySet()) {
      keys.encode(entry.getKey(), out);
      values.encode(entry.getValue(), out);
    }
  }

  SortedMap<K, V> decode(InputStream in) throws IOException {
    int size = VarInt.decodeInt(in);
    SortedMap<K, V> map = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      map.put(keys.decode(in), values.decode(in));
    }
    return map;
  }
}
