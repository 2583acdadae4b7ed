package dev.wattbeam.transforms.consumption;

import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.util.VarInt;

/**
 * Set of readings of one meter channel, in columns, sorted by time; those of one time stand in the
 * order of preference. Union is associative, commutative and idempotent, which is why neither
 * arrival order nor copies can change a result.
 *
 * <p>Immutable. A copy with another sequence number or quality stays beside its reading: it may
 * turn the preference, and how often that happened must not depend on the order of arrival.
 */
public final class ReadingSet {
  /** The set without readings. */
  public static final ReadingSet EMPTY = new ReadingSet(new long[0], new long[0], null, null, null);

  private static final Quality[] QUALITIES = Quality.values();

  private final long[] time;
  private final long[] value;

  /** Null when no reading states one, which is the normal case. */
  private final long[] duration;

  private final long[] sequence;
  private final byte[] quality;

  private ReadingSet(long[] time, long[] value, long[] duration, long[] sequence, byte[] quality) {
    this.time = time;
    this.value = value;
    this.duration = duration;
    this.sequence = sequence;
    this.quality = quality;
  }

  public int size() {
    return time.length;
  }

  public boolean isEmpty() {
    return time.length == 0;
  }

  /** Epoch milliseconds, end of the span. */
  public long time(int i) {
    return time[i];
  }

  /** Nano-kW or nano-kWh. */
  public long value(int i) {
    return value[i];
  }

  /** Milliseconds; 0 when not stated. */
  public long duration(int i) {
    return duration == null ? 0 : duration[i];
  }

  public long sequence(int i) {
    return sequence == null ? Reading.NO_SEQUENCE : sequence[i];
  }

  public Quality quality(int i) {
    return quality == null ? Quality.VALID : QUALITIES[quality[i]];
  }

  /** Whether this is the preferred reading of its time. */
  public boolean preferred(int i) {
    return i == 0 || time[i] != time[i - 1];
  }

  public long firstTime() {
    return time[0];
  }

  public long lastTime() {
    return time[time.length - 1];
  }

  /** Index of the first reading later than a time. */
  int firstAfter(long millis) {
    int low = 0;
    int high = time.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (time[middle] <= millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The readings from index {@code from} to {@code to} (exclusive) as a set. */
  ReadingSet slice(int from, int to) {
    if (from == 0 && to == time.length) {
      return this;
    }
    return new ReadingSet(
        Arrays.copyOfRange(time, from, to),
        Arrays.copyOfRange(value, from, to),
        stated(duration, from, to, 0),
        stated(sequence, from, to, Reading.NO_SEQUENCE),
        stated(quality, from, to));
  }

  /** A part of a column; none where no reading states anything: equal sets look alike. */
  private static long[] stated(long[] column, int from, int to, long absent) {
    for (int i = from; column != null && i < to; i++) {
      if (column[i] != absent) {
        return Arrays.copyOfRange(column, from, to);
      }
    }
    return null;
  }

  private static byte[] stated(byte[] column, int from, int to) {
    for (int i = from; column != null && i < to; i++) {
      if (column[i] != Quality.VALID.ordinal()) {
        return Arrays.copyOfRange(column, from, to);
      }
    }
    return null;
  }

  /** Union of this set and another one. */
  public ReadingSet union(ReadingSet other) {
    return union(other, new Merge());
  }

  /** Union that also counts what was new in {@code other}. */
  ReadingSet union(ReadingSet other, Merge merge) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty() || lastTime() < other.firstTime()) {
      merge.countNew(other);
      return isEmpty() ? other : followedBy(other);
    }
    Builder all = new Builder(size() + other.size());
    int i = 0;
    int j = 0;
    while (i < size() || j < other.size()) {
      if (j == other.size() || (i < size() && time[i] < other.time[j])) {
        all.addOne(this, i++);
      } else if (i == size() || other.time[j] < time[i]) {
        int end = other.endOfTime(j);
        merge.countNew(other, j, end);
        all.addAll(other, j, end);
        j = end;
      } else {
        int iEnd = endOfTime(i);
        int jEnd = other.endOfTime(j);
        mergeOneTime(this, i, iEnd, other, j, jEnd, all, merge);
        i = iEnd;
        j = jEnd;
      }
    }
    return all.trimmed();
  }

  private ReadingSet followedBy(ReadingSet other) {
    int size = size() + other.size();
    long[] times = Arrays.copyOf(time, size);
    System.arraycopy(other.time, 0, times, size(), other.size());
    long[] values = Arrays.copyOf(value, size);
    System.arraycopy(other.value, 0, values, size(), other.size());
    byte[] qualities = null;
    if (quality != null || other.quality != null) {
      qualities = new byte[size];
      Arrays.fill(qualities, (byte) Quality.VALID.ordinal());
      copy(quality, size(), qualities, 0);
      copy(other.quality, other.size(), qualities, size());
    }
    return new ReadingSet(
        times,
        values,
        joined(duration, other.duration, other, 0),
        joined(sequence, other.sequence, other, Reading.NO_SEQUENCE),
        qualities);
  }

  private long[] joined(long[] own, long[] others, ReadingSet other, long absent) {
    if (own == null && others == null) {
      return null;
    }
    long[] all = new long[size() + other.size()];
    Arrays.fill(all, absent);
    copy(own, size(), all, 0);
    copy(others, other.size(), all, size());
    return all;
  }

  /** Copies a column, if there is one. */
  private static void copy(Object column, int length, Object to, int at) {
    if (column != null) {
      System.arraycopy(column, 0, to, at, length);
    }
  }

  private int endOfTime(int i) {
    int end = i + 1;
    while (end < time.length && time[end] == time[i]) {
      end++;
    }
    return end;
  }

  private static void mergeOneTime(
      ReadingSet a, int i, int iEnd, ReadingSet b, int j, int jEnd, Builder all, Merge merge) {
    List<Entry> known = a.entries(i, iEnd);
    List<Entry> entries = new ArrayList<>(known);
    for (int k = j; k < jEnd; k++) {
      Entry added = b.entry(k);
      merge.count(added, entries);
      if (!entries.contains(added)) {
        entries.add(added);
      }
    }
    entries.sort(Entry.PREFERENCE);
    merge.addLosers(entries, known);
    entries.forEach(all::addEntry);
  }

  private List<Entry> entries(int from, int to) {
    List<Entry> entries = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      entries.add(entry(i));
    }
    return entries;
  }

  private Entry entry(int i) {
    return new Entry(time[i], value[i], duration(i), sequence(i), quality(i));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ReadingSet other
        && Arrays.equals(time, other.time)
        && Arrays.equals(value, other.value)
        && Arrays.equals(duration, other.duration)
        && Arrays.equals(sequence, other.sequence)
        && Arrays.equals(quality, other.quality);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(time) * 31 + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("ReadingSet[");
    for (int i = 0; i < size(); i++) {
      text.append(i == 0 ? "" : ", ").append(entry(i));
    }
    return text.append(']').toString();
  }

  /** What a union found in the set that was added. */
  static final class Merge {
    private long accepted;
    private long duplicates;
    private long conflicts;
    private final List<Entry> losers = new ArrayList<>();

    /** Times that had no reading before. */
    long accepted() {
      return accepted;
    }

    /** Copies of readings that were there already. */
    long duplicates() {
      return duplicates;
    }

    /** Readings that stand against another one of the same time. */
    long conflicts() {
      return conflicts;
    }

    /** The readings that are not preferred and were not known, or were preferred, before. */
    List<Entry> losers() {
      return losers;
    }

    private void countNew(ReadingSet added) {
      countNew(added, 0, added.size());
    }

    private void countNew(ReadingSet added, int from, int to) {
      int end;
      for (int i = from; i < to; i = end) {
        end = added.endOfTime(i);
        if (end == i + 1) {
          accepted++;
          continue;
        }
        List<Entry> entries = added.entries(i, end);
        for (int k = 0; k < entries.size(); k++) {
          count(entries.get(k), entries.subList(0, k));
        }
        addLosers(entries, List.of());
      }
    }

    /** Counts an entry that is added to those known of its time. */
    private void count(Entry added, List<Entry> known) {
      if (known.isEmpty()) {
        accepted++;
      } else if (added.isAmong(known)) {
        duplicates++;
      } else {
        conflicts++;
      }
    }

    /** Both lists are of one time and in the order of preference. */
    private void addLosers(List<Entry> entries, List<Entry> known) {
      Entry preferred = entries.get(0);
      List<Entry> seen = new ArrayList<>();
      for (Entry entry : entries) {
        if (entry.sameReading(preferred) || entry.isAmong(seen)) {
          continue;
        }
        seen.add(entry);
        if (!entry.isAmong(known) || known.get(0).sameReading(entry)) {
          losers.add(entry);
        }
      }
    }
  }

  /** One reading of the set, or a copy of one. */
  record Entry(long time, long value, long duration, long sequence, Quality quality) {
    /** The preferred reading of one time comes first. */
    static final Comparator<Entry> PREFERENCE =
        Comparator.comparingLong(Entry::sequence)
            .thenComparingInt(entry -> entry.quality.rank())
            .thenComparingLong(Entry::duration)
            .thenComparingLong(Entry::value)
            .reversed();

    boolean sameReading(Entry other) {
      return time == other.time && value == other.value && duration == other.duration;
    }

    private boolean isAmong(List<Entry> others) {
      for (Entry other : others) {
        if (sameReading(other)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Collects readings in any order. */
  public static final class Builder {
    private int size;
    private long[] time;
    private long[] value;

    // Null until a reading states one.
    private long[] duration;
    private long[] sequence;
    private byte[] quality;
    private boolean ascending = true;
    private long duplicates;

    public Builder() {
      this(16);
    }

    private Builder(int capacity) {
      time = new long[capacity];
      value = new long[capacity];
    }

    /** Adds a reading, whatever its place in time. */
    public void add(long time, long value, long duration, long sequence, Quality quality) {
      if (size == this.time.length) {
        resize(size * 2);
      }
      ascending &= size == 0 || time > this.time[size - 1];
      this.time[size] = time;
      this.value[size] = value;
      if (this.duration != null || duration != 0) {
        this.duration = filled(this.duration, 0);
        this.duration[size] = duration;
      }
      if (this.sequence != null || sequence != Reading.NO_SEQUENCE) {
        this.sequence = filled(this.sequence, Reading.NO_SEQUENCE);
        this.sequence[size] = sequence;
      }
      if (this.quality != null || quality != Quality.VALID) {
        if (this.quality == null) {
          this.quality = new byte[this.time.length];
          Arrays.fill(this.quality, (byte) Quality.VALID.ordinal());
        }
        this.quality[size] = (byte) quality.ordinal();
      }
      size++;
    }

    /** The column, or a new one in which all readings so far have this number. */
    private long[] filled(long[] column, long number) {
      if (column != null) {
        return column;
      }
      long[] made = new long[time.length];
      Arrays.fill(made, number);
      return made;
    }

    /** Exact copies, which {@link #build} left out. */
    public long duplicates() {
      return duplicates;
    }

    /** The set of all that was added. */
    public ReadingSet build() {
      if (ascending) {
        return trimmed();
      }
      // Readings come almost in order: only those that do not are sorted one by one.
      Builder inOrder = new Builder(size);
      List<Entry> others = new ArrayList<>();
      ReadingSet all = trimmed();
      for (int i = 0; i < size; i++) {
        if (inOrder.size == 0 || time[i] > inOrder.time[inOrder.size - 1]) {
          inOrder.addOne(all, i);
        } else {
          others.add(all.entry(i));
        }
      }
      ReadingSet set = inOrder.trimmed().union(sorted(others));
      duplicates = size - set.size();
      return set;
    }

    private static ReadingSet sorted(List<Entry> entries) {
      entries.sort(Comparator.comparingLong(Entry::time));
      Builder sorted = new Builder(entries.size());
      List<Entry> oneTime = new ArrayList<>();
      for (Entry entry : entries) {
        if (!oneTime.isEmpty() && oneTime.get(0).time() != entry.time()) {
          sorted.addSorted(oneTime);
        }
        if (!oneTime.contains(entry)) {
          oneTime.add(entry);
        }
      }
      sorted.addSorted(oneTime);
      return sorted.trimmed();
    }

    private void addSorted(List<Entry> oneTime) {
      oneTime.sort(Entry.PREFERENCE);
      oneTime.forEach(this::addEntry);
      oneTime.clear();
    }

    private void addEntry(Entry entry) {
      add(entry.time(), entry.value(), entry.duration(), entry.sequence(), entry.quality());
    }

    private void addOne(ReadingSet set, int i) {
      add(set.time[i], set.value[i], set.duration(i), set.sequence(i), set.quality(i));
    }

    private void addAll(ReadingSet set, int from, int to) {
      for (int i = from; i < to; i++) {
        addOne(set, i);
      }
    }

    private void resize(int capacity) {
      time = Arrays.copyOf(time, capacity);
      value = Arrays.copyOf(value, capacity);
      duration = duration == null ? null : Arrays.copyOf(duration, capacity);
      sequence = sequence == null ? null : Arrays.copyOf(sequence, capacity);
      quality = quality == null ? null : Arrays.copyOf(quality, capacity);
    }

    private ReadingSet trimmed() {
      return new ReadingSet(
          Arrays.copyOf(time, size),
          Arrays.copyOf(value, size),
          duration == null ? null : Arrays.copyOf(duration, size),
          sequence == null ? null : Arrays.copyOf(sequence, size),
          quality == null ? null : Arrays.copyOf(quality, size));
    }
  }

  /**
   * Coder: columns of differences in variable-length integers, after powers of ten that all values
   * share (and whole seconds or minutes that all times share) were divided out. A meter reading
   * with three decimals once a minute takes three to four bytes.
   */
  public static final class ReadingSetCoder extends DeterministicCoder<ReadingSet> {
    private static final ReadingSetCoder INSTANCE = new ReadingSetCoder();
    private static final long[] TIME_SCALES = {60_000, 1_000, 1};
    private static final long[] VALUE_SCALES = {
      1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };

    /** Bytes of the longest number, in groups of seven bits. */
    private static final int LONGEST = 10;

    private static final int DURATIONS = 1;
    private static final int SEQUENCES = 2;
    private static final int QUALITY_CODES = 4;

    private ReadingSetCoder() {}

    public static ReadingSetCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(ReadingSet set, OutputStream out) throws IOException {
      VarInt.encode(set.size(), out);
      if (set.isEmpty()) {
        return;
      }
      out.write(
          (set.duration == null ? 0 : DURATIONS)
              | (set.sequence == null ? 0 : SEQUENCES)
              | (set.quality == null ? 0 : QUALITY_CODES));
      encodeColumn(set.time, TIME_SCALES, out);
      encodeColumn(set.value, VALUE_SCALES, out);
      if (set.duration != null) {
        encodeColumn(set.duration, TIME_SCALES, out);
      }
      if (set.sequence != null) {
        encodeColumn(set.sequence, new long[] {1}, out);
      }
      if (set.quality != null) {
        out.write(set.quality);
      }
    }

    private static void encodeColumn(long[] column, long[] scales, OutputStream out)
        throws IOException {
      int scale = 0;
      for (long number : column) {
        while (number % scales[scale] != 0) {
          scale++;
        }
      }
      out.write(scale);
      // Not by the byte into the stream: this is what most of the time of a block goes into.
      byte[] bytes = new byte[column.length * LONGEST];
      int size = 0;
      long before = 0;
      for (long number : column) {
        long scaled = number / scales[scale];
        long difference = scaled - before;
        long rest = (difference << 1) ^ (difference >> 63);
        while ((rest & ~0x7FL) != 0) {
          bytes[size++] = (byte) (rest | 0x80);
          rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        before = scaled;
      }
      out.write(bytes, 0, size);
    }

    @Override
    public ReadingSet decode(InputStream in) throws IOException {
      int size = VarInt.decodeInt(in);
      if (size == 0) {
        return EMPTY;
      }
      int present = in.read();
      long[] time = decodeColumn(size, TIME_SCALES, in);
      long[] value = decodeColumn(size, VALUE_SCALES, in);
      long[] duration = (present & DURATIONS) == 0 ? null : decodeColumn(size, TIME_SCALES, in);
      long[] sequence = (present & SEQUENCES) == 0 ? null : decodeColumn(size, new long[] {1}, in);
      byte[] quality = (present & QUALITY_CODES) == 0 ? null : in.readNBytes(size);
      return new ReadingSet(time, value, duration, sequence, quality);
    }

    private static long[] decodeColumn(int size, long[] scales, InputStream in) throws IOException {
      long scale = scales[in.read()];
      long[] column = new long[size];
      long before = 0;
      for (int i = 0; i < size; i++) {
        long raw = VarInt.decodeLong(in);
        before += (raw >>> 1) ^ -(raw & 1);
        column[i] = before * scale;
      }
      return column;
    }
  }
}
