package dev.wattbeam.benchmarks;

import dev.wattbeam.benchmarks.parts.Workload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * The messages of one partition of a workload's topic, in their order, the same at every run:
 * partition = meter modulo number of partitions, sorted by time, but one in a hundred comes 1 to 5
 * s late. The whole job also has copies (1 %), messages cut off (0.1 %) and registers that start
 * again from zero (0.1 %).
 *
 * <p>An iteration costs one array per message: it has to fill a topic faster than the contenders
 * empty it.
 */
public final class Messages {
  /** Number of partitions of each topic. */
  public static final int PARTITIONS = 4;

  /** The first second of the data ends here. */
  public static final long START_MILLIS = Instant.parse("2024-03-01T00:00:00Z").toEpochMilli();

  private static final int MAX_DELAY_SECONDS = 5;
  private static final int INTERVAL_SECONDS = 300;
  private static final long NANOS_PER_THOUSANDTH = 1_000_000;

  private static final byte[] SCHEMA_AND_METER = ascii("{\"schemaVersion\":1,\"meter\":\"");
  private static final byte[] POWER =
      ascii("\",\"channel\":\"import\",\"type\":\"power\",\"unit\":\"kW\",\"time\":\"");
  private static final byte[] INTERVAL =
      ascii("\",\"channel\":\"import\",\"type\":\"interval\",\"unit\":\"kWh\",\"time\":\"");
  private static final byte[] REGISTER =
      ascii("\",\"channel\":\"import\",\"type\":\"register\",\"unit\":\"kWh\",\"time\":\"");
  private static final byte[] VALUE = ascii("\",\"value\":");
  private static final byte[] DURATION = ascii(",\"durationSeconds\":");
  private static final byte[] SEQUENCE = ascii(",\"sequence\":");

  private final Workload workload;
  private final int periodSeconds;
  private final int intervalSeconds;
  private final boolean disorder;
  private final long seed;
  private final long count;

  /** The meters that report in a second, by second of their period. */
  private final int[][] metersOfSecond;

  /** Thousandths of kWh, by meter; only of registers. */
  private final long[] registers;

  /** What was held back, by the second in which it is sent, modulo the length. */
  private final List<Queue<Message>> delayed = new ArrayList<>();

  private final byte[] buffer = new byte[256];
  private byte[] timeText;
  private long second;
  private int position;
  private int[] dueNow;
  private long sent;
  private Message current;

  /**
   * A message.
   *
   * @param meter index of the meter
   * @param timeMillis the time that it says
   * @param nanos its value in nano-kW or nano-kWh
   * @param wellFormed whether it was not cut off
   */
  public record Message(int meter, long timeMillis, long nanos, boolean wellFormed, byte[] json) {}

  /**
   * Starts before the first message.
   *
   * @param records of the whole topic; a partition has the share of its meters
   */
  public Messages(Workload workload, int meters, long records, long seed, int partition) {
    this(
        workload,
        periodSeconds(workload),
        workload == Workload.WHOLE_JOB ? INTERVAL_SECONDS : periodSeconds(workload),
        true,
        meters,
        share(meters, records, partition),
        seed,
        partition);
  }

  /** The whole job's messages without end, one per meter and period, in order and no copies. */
  public static Messages every(int periodSeconds, int meters, long seed, int partition) {
    return new Messages(
        Workload.WHOLE_JOB,
        periodSeconds,
        periodSeconds,
        false,
        meters,
        Long.MAX_VALUE,
        seed,
        partition);
  }

  private Messages(
      Workload workload,
      int periodSeconds,
      int intervalSeconds,
      boolean disorder,
      int meters,
      long count,
      long seed,
      int partition) {
    this.workload = workload;
    this.periodSeconds = periodSeconds;
    this.intervalSeconds = intervalSeconds;
    this.disorder = disorder;
    this.count = count;
    this.seed = seed;
    registers = workload == Workload.WHOLE_JOB ? new long[meters] : new long[0];
    for (int meter = 0; meter < registers.length; meter++) {
      registers[meter] = random(meter, -1) >>> 40;
    }
    metersOfSecond = new int[intervalSeconds][];
    for (int phase = 0; phase < intervalSeconds; phase++) {
      int[] found = new int[meters / PARTITIONS + 1];
      int n = 0;
      for (int meter = partition; meter < meters; meter += PARTITIONS) {
        if (reportsAt(meter, phase)) {
          found[n++] = meter;
        }
      }
      metersOfSecond[phase] = Arrays.copyOf(found, n);
    }
    for (int i = 0; i <= MAX_DELAY_SECONDS; i++) {
      delayed.add(new ArrayDeque<>());
    }
    startSecond();
  }

  /** How often a meter reports; intervals of the whole job less often. */
  private static int periodSeconds(Workload workload) {
    return switch (workload) {
      case DOWNSAMPLING -> 1;
      case HIERARCHY -> 10;
      case HOUR_OF_DAY, WHOLE_JOB -> 60;
    };
  }

  /** Number of messages of a partition. */
  static long share(int meters, long records, int partition) {
    return records * metersBefore(meters, partition + 1) / meters
        - records * metersBefore(meters, partition) / meters;
  }

  private static long metersBefore(int meters, int partition) {
    long before = 0;
    for (int p = 0; p < partition; p++) {
      before += (meters - p + PARTITIONS - 1) / PARTITIONS;
    }
    return before;
  }

  /** Name of a meter. */
  public static String meterName(int meter) {
    String digits = String.valueOf(meter);
    return "m" + "0".repeat(6 - digits.length()) + digits;
  }

  /** What a meter of the whole job measures: 0 to 5 power, 6 and 7 intervals, 8 and 9 registers. */
  static boolean isInterval(int meter) {
    return meter % 10 == 6 || meter % 10 == 7;
  }

  static boolean isRegister(int meter) {
    return meter % 10 >= 8;
  }

  private boolean reportsAt(int meter, int phase) {
    if (workload == Workload.WHOLE_JOB && isInterval(meter)) {
      return phase == 0;
    }
    return phase % periodSeconds == meter % periodSeconds;
  }

  /** Goes to the next message; false when there is none. */
  public boolean next() {
    if (sent == count) {
      return false;
    }
    sent++;
    while (true) {
      Message late = delayed.get((int) (second % delayed.size())).poll();
      if (late != null) {
        current = late;
        return true;
      }
      if (position < dueNow.length) {
        Message message = make(dueNow[position++]);
        if (message != null) {
          current = message;
          return true;
        }
      } else {
        startSecond();
      }
    }
  }

  /** The message that {@link #next} went to. */
  public Message message() {
    return current;
  }

  /** When it was sent. */
  public long sentMillis() {
    return START_MILLIS + second * 1000;
  }

  private void startSecond() {
    second++;
    position = 0;
    dueNow = metersOfSecond[(int) (second % metersOfSecond.length)];
    timeText = ascii(Instant.ofEpochMilli(sentMillis()).toString());
  }

  /** Null when the message is held back. */
  private Message make(int meter) {
    long random = random(meter, second);
    long thousandths = 1_000 + Long.remainderUnsigned(random, 9_000);
    boolean wholeJob = workload == Workload.WHOLE_JOB;
    boolean interval = wholeJob && isInterval(meter);
    boolean register = wholeJob && isRegister(meter);
    byte[] kind = POWER;
    if (interval) {
      kind = INTERVAL;
      thousandths = thousandths * intervalSeconds / 3600;
    } else if (register) {
      kind = REGISTER;
      boolean reset = oneOf(1_000, random >>> 8);
      registers[meter] = reset ? 0 : registers[meter] + thousandths * periodSeconds / 3600;
      thousandths = registers[meter];
    }

    int p = append(0, SCHEMA_AND_METER);
    buffer[p++] = 'm';
    p = digits(p, meter, 6);
    p = append(p, kind);
    p = append(p, timeText);
    p = append(p, VALUE);
    p = append(p, ascii(String.valueOf(thousandths / 1000)));
    buffer[p++] = '.';
    p = digits(p, thousandths % 1000, 3);
    if (interval) {
      p = append(p, DURATION);
      p = append(p, ascii(String.valueOf(intervalSeconds)));
    }
    p = append(p, SEQUENCE);
    p = append(p, ascii(String.valueOf(second / (interval ? intervalSeconds : periodSeconds))));
    buffer[p++] = '}';

    boolean cut = wholeJob && oneOf(1_000, random >>> 20);
    Message message =
        new Message(
            meter,
            sentMillis(),
            thousandths * NANOS_PER_THOUSANDTH,
            !cut,
            Arrays.copyOf(buffer, cut ? p / 2 : p));
    int delay = 1 + (int) (random >>> 32 & 0xFF) % MAX_DELAY_SECONDS;
    if (wholeJob && disorder && oneOf(100, random >>> 44)) {
      holdBack(message, delay);
    }
    if (disorder && oneOf(100, random >>> 52 ^ random)) {
      holdBack(message, delay);
      return null;
    }
    return message;
  }

  private void holdBack(Message message, int seconds) {
    delayed.get((int) ((second + seconds) % delayed.size())).add(message);
  }

  private static boolean oneOf(int n, long random) {
    return (random & 0xF_FFFF) % n == 0;
  }

  /** SplitMix64 of meter and second. */
  private long random(int meter, long second) {
    long z = seed + (second << 20 ^ meter) * 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }

  private int append(int p, byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, p, bytes.length);
    return p + bytes.length;
  }

  private int digits(int p, long number, int length) {
    long rest = number;
    for (int i = p + length - 1; i >= p; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return p + length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
