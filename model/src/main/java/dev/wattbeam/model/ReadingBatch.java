package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * The readings of one poll of one partition, parsed, in columns, and a dead letter for each message
 * that was none. Few large elements instead of many small ones: this is what passes from io to
 * transforms.
 *
 * <p>Immutable once built. Columns are parallel; index {@code i} is one reading.
 */
@DefaultCoder(ReadingBatchCoder.class)
public final class ReadingBatch {
  private final String source;
  private final int partition;
  private final long clockMillis;
  private final int size;
  final MeterChannel[] channels;
  final int[] channelOf;
  final byte[] type;
  final long[] time;
  final boolean[] local;
  final long[] value;
  final long[] duration;
  final long[] sequence;
  final byte[] quality;
  final long[] position;
  final long[] known;
  final byte[][] payload;
  private final List<DeadLetter> rejected;

  private static final ReadingType[] TYPES = ReadingType.values();
  private static final Quality[] QUALITIES = Quality.values();

  private ReadingBatch(Builder b) {
    source = b.source;
    partition = b.partition;
    clockMillis = b.clockMillis;
    size = b.size;
    channels = b.channels;
    channelOf = b.channelOf;
    type = b.type;
    time = b.time;
    local = b.local;
    value = b.value;
    duration = b.duration;
    sequence = b.sequence;
    quality = b.quality;
    position = b.position;
    known = b.known;
    payload = b.payload;
    rejected = List.copyOf(b.rejected);
  }

  /** Topic, file or table that the readings come from. */
  public String source() {
    return source;
  }

  public int partition() {
    return partition;
  }

  /**
   * Event-time clock of the partition before this batch: the highest time read from it so far (or
   * the reader's watermark, where that is higher), epoch milliseconds; {@link Long#MIN_VALUE} at
   * the start. Lateness is counted against it, so it is the same whichever runner reads the
   * partition.
   */
  public long clockMillis() {
    return clockMillis;
  }

  public int size() {
    return size;
  }

  public MeterChannel channel(int i) {
    return channels[channelOf[i]];
  }

  /**
   * Index of the reading's channel in the dictionary of this batch, below {@link #channelCount}.
   */
  public int channelIndex(int i) {
    return channelOf[i];
  }

  public int channelCount() {
    return channels.length;
  }

  /** The channel with this index in the dictionary of this batch. */
  public MeterChannel channelAt(int index) {
    return channels[index];
  }

  public ReadingType type(int i) {
    return TYPES[type[i]];
  }

  /**
   * End of the span, epoch milliseconds; in the meter's local time where {@link #local} says so.
   */
  public long time(int i) {
    return time[i];
  }

  /** Whether the time came without offset, so that the meter's zone decides. */
  public boolean local(int i) {
    return local[i];
  }

  /** Nano-kW or nano-kWh. */
  public long value(int i) {
    return value[i];
  }

  /** Milliseconds, 0 when not stated. */
  public long duration(int i) {
    return duration[i];
  }

  public long sequence(int i) {
    return sequence[i];
  }

  public Quality quality(int i) {
    return QUALITIES[quality[i]];
  }

  /** Where the reading came from. */
  public Origin origin(int i) {
    return new Origin(source, partition, position[i]);
  }

  /** When the message was sent (its Kafka timestamp), epoch milliseconds. */
  public long known(int i) {
    return known[i];
  }

  /** The message as received, as text for a dead letter. */
  public String payload(int i) {
    return Payload.asText(payload[i]);
  }

  /**
   * The messages of the poll that are no readings. Not an output of their own, since some runners
   * copy what has two consumers.
   */
  public List<DeadLetter> rejected() {
    return rejected;
  }

  /** One reading as a record, for the paths where speed does not matter. */
  public Reading reading(int i) {
    MeterChannel id = channel(i);
    return new Reading(
        id.meter(), id.channel(), type(i), time[i], value[i], duration[i], sequence[i], quality(i));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ReadingBatch other
        && source.equals(other.source)
        && partition == other.partition
        && clockMillis == other.clockMillis
        && size == other.size
        && Arrays.equals(channels, other.channels)
        && Arrays.equals(channelOf, other.channelOf)
        && Arrays.equals(type, other.type)
        && Arrays.equals(time, other.time)
        && Arrays.equals(local, other.local)
        && Arrays.equals(value, other.value)
        && Arrays.equals(duration, other.duration)
        && Arrays.equals(sequence, other.sequence)
        && Arrays.equals(quality, other.quality)
        && Arrays.equals(position, other.position)
        && Arrays.equals(known, other.known)
        && Arrays.deepEquals(payload, other.payload)
        && rejected.equals(other.rejected);
  }

  @Override
  public int hashCode() {
    return source.hashCode() * 31 + Arrays.hashCode(position);
  }

  @Override
  public String toString() {
    return String.format(
        "ReadingBatch[%s-%d, %d readings, %d rejected]", source, partition, size, rejected.size());
  }

  /** Collects readings; not thread-safe, to be used once. */
  public static final class Builder {
    private static final byte[] NO_PAYLOAD = new byte[0];

    private final String source;
    private final int partition;
    private final long clockMillis;
    private MeterChannel[] channels = new MeterChannel[16];
    private int channelCount;

    /** Where the channels are, by hash: index plus one, 0 where none is. At most half full. */
    private int[] slots = new int[32];

    private int size;
    private int[] channelOf;
    private byte[] type;
    private long[] time;
    private boolean[] local;
    private long[] value;
    private long[] duration;
    private long[] sequence;
    private byte[] quality;
    private long[] position;
    private long[] known;
    private byte[][] payload;
    private final List<DeadLetter> rejected = new ArrayList<>();

    public Builder(String source, int partition, long clockMillis, int expectedSize) {
      this.source = requireNonNull(source, "source");
      this.partition = partition;
      this.clockMillis = clockMillis;
      int capacity = Math.max(expectedSize, 16);
      channelOf = new int[capacity];
      type = new byte[capacity];
      time = new long[capacity];
      local = new boolean[capacity];
      value = new long[capacity];
      duration = new long[capacity];
      sequence = new long[capacity];
      quality = new byte[capacity];
      position = new long[capacity];
      known = new long[capacity];
      payload = new byte[capacity][];
    }

    /** Adds one reading whose time is a moment. */
    public Builder add(Reading reading, long position, long knownMillis, byte[] payload) {
      return add(
          reading.meterChannel(),
          reading.type(),
          reading.timeMillis(),
          false,
          reading.value(),
          reading.durationMillis(),
          reading.sequence(),
          reading.quality(),
          position,
          knownMillis,
          payload);
    }

    /** Adds one reading, column by column. */
    public Builder add(
        MeterChannel channel,
        ReadingType type,
        long timeMillis,
        boolean local,
        long value,
        long durationMillis,
        long sequence,
        Quality quality,
        long position,
        long knownMillis,
        byte[] payload) {
      if (size == time.length) {
        grow();
      }
      int i = size++;
      this.channelOf[i] = indexOf(channel);
      this.type[i] = (byte) type.ordinal();
      this.time[i] = timeMillis;
      this.local[i] = local;
      this.value[i] = value;
      this.duration[i] = durationMillis;
      this.sequence[i] = sequence;
      this.quality[i] = (byte) quality.ordinal();
      this.position[i] = position;
      this.known[i] = knownMillis;
      this.payload[i] = payload == null ? NO_PAYLOAD : payload;
      return this;
    }

    /** A map would have an object per entry, for few readings of each channel. */
    private int indexOf(MeterChannel channel) {
      int slot = slot(channel);
      if (slots[slot] != 0) {
        return slots[slot] - 1;
      }
      if (channelCount == channels.length) {
        channels = Arrays.copyOf(channels, channelCount * 2);
        slots = new int[slots.length * 2];
        for (int i = 0; i < channelCount; i++) {
          slots[slot(channels[i])] = i + 1;
        }
        slot = slot(channel);
      }
      channels[channelCount++] = channel;
      slots[slot] = channelCount;
      return channelCount - 1;
    }

    /** The slot of the channel, or the free one that it would have. */
    private int slot(MeterChannel channel) {
      int mask = slots.length - 1;
      int hash = channel.hashCode();
      int slot = (hash ^ hash >>> 15) & mask;
      while (slots[slot] != 0 && !channels[slots[slot] - 1].equals(channel)) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }

    /** Adds a message that is no reading. */
    public Builder reject(DeadLetter letter) {
      rejected.add(letter);
      return this;
    }

    /** Number of readings. */
    public int size() {
      return size;
    }

    private void grow() {
      resize(size * 2);
    }

    private void resize(int capacity) {
      channelOf = Arrays.copyOf(channelOf, capacity);
      type = Arrays.copyOf(type, capacity);
      time = Arrays.copyOf(time, capacity);
      local = Arrays.copyOf(local, capacity);
      value = Arrays.copyOf(value, capacity);
      duration = Arrays.copyOf(duration, capacity);
      sequence = Arrays.copyOf(sequence, capacity);
      quality = Arrays.copyOf(quality, capacity);
      position = Arrays.copyOf(position, capacity);
      known = Arrays.copyOf(known, capacity);
      payload = Arrays.copyOf(payload, capacity);
    }

    public ReadingBatch build() {
      if (time.length != size) {
        resize(size);
      }
      channels = Arrays.copyOf(channels, channelCount);
      return new ReadingBatch(this);
    }
  }
}
