package dev.wattbeam.io.kafka;

import dev.wattbeam.model.MeterChannel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the {@link MeterChannel} of a slice of a message without making a String of it. A hash
 * table with open addressing, emptied when it is full, so that invented names cannot fill the
 * memory.
 *
 * <p>Not thread-safe.
 */
final class ChannelCache {
  private static final int MAX_ENTRIES = 1 << 18;
  private static final long SEED = 0x9E37_79B9_7F4A_7C15L;
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private int[] hashes = new int[1 << 10];
  private byte[][] keys = new byte[1 << 10][];
  private int[] meterLengths = new int[1 << 10];
  private MeterChannel[] values = new MeterChannel[1 << 10];
  private int size;

  /**
   * The channel of two slices of printable ASCII, or null when one of them is not a valid name.
   *
   * @param channelFrom negative when the message names no channel
   */
  MeterChannel find(byte[] b, int meterFrom, int meterTo, int channelFrom, int channelTo) {
    int hash =
        (int)
            (hash(hash(SEED, b, meterFrom, meterTo), b, Math.max(channelFrom, 0), channelTo)
                >>> 32);
    int meterLength = meterTo - meterFrom;
    int mask = keys.length - 1;
    int slot = hash & mask;
    while (keys[slot] != null) {
      if (hashes[slot] == hash
          && meterLengths[slot] == meterLength
          && matches(keys[slot], meterLength, b, meterFrom, channelFrom, channelTo)) {
        return values[slot];
      }
      slot = (slot + 1) & mask;
    }
    return add(b, meterFrom, meterTo, channelFrom, channelTo, hash);
  }

  private static long hash(long seed, byte[] b, int from, int to) {
    long hash = seed;
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      hash = mix(hash, (long) WORD.get(b, i));
    }
    long rest = 0;
    for (; i < to; i++) {
      rest = rest << 8 | b[i];
    }
    return mix(hash, rest);
  }

  private static long mix(long hash, long word) {
    long mixed = (hash ^ word) * SEED;
    return mixed ^ mixed >>> 29;
  }

  private static boolean matches(
      byte[] key, int meterLength, byte[] b, int meterFrom, int channelFrom, int channelTo) {
    int from = Math.max(channelFrom, 0);
    return key.length == meterLength + channelTo - from
        && Arrays.equals(key, 0, meterLength, b, meterFrom, meterFrom + meterLength)
        && Arrays.equals(key, meterLength, key.length, b, from, channelTo);
  }

  private MeterChannel add(
      byte[] b, int meterFrom, int meterTo, int channelFrom, int channelTo, int hash) {
    String meter = new String(b, meterFrom, meterTo - meterFrom, StandardCharsets.US_ASCII);
    String channel =
        channelFrom < 0
            ? Names.DEFAULT_CHANNEL
            : new String(b, channelFrom, channelTo - channelFrom, StandardCharsets.US_ASCII);
    if (!Names.isMeter(meter) || !Names.isChannel(channel)) {
      return null;
    }
    MeterChannel value = new MeterChannel(meter, channel);
    if (size >= MAX_ENTRIES) {
      Arrays.fill(keys, null);
      Arrays.fill(values, null);
      size = 0;
    } else if (size * 2 >= keys.length) {
      grow();
    }
    int from = Math.max(channelFrom, 0);
    byte[] key = Arrays.copyOfRange(b, meterFrom, meterTo + channelTo - from);
    System.arraycopy(b, from, key, meterTo - meterFrom, channelTo - from);
    insert(hash, key, meterTo - meterFrom, value);
    size++;
    return value;
  }

  private void insert(int hash, byte[] key, int meterLength, MeterChannel value) {
    int mask = keys.length - 1;
    int slot = hash & mask;
    while (keys[slot] != null) {
      slot = (slot + 1) & mask;
    }
    hashes[slot] = hash;
    keys[slot] = key;
    meterLengths[slot] = meterLength;
    values[slot] = value;
  }

  private void grow() {
    int[] oldHashes = hashes;
    byte[][] oldKeys = keys;
    int[] oldLengths = meterLengths;
    MeterChannel[] oldValues = values;
    int capacity = keys.length * 2;
    hashes = new int[capacity];
    keys = new byte[capacity][];
    meterLengths = new int[capacity];
    values = new MeterChannel[capacity];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != null) {
        insert(oldHashes[i], oldKeys[i], oldLengths[i], oldValues[i]);
      }
    }
  }
}
