package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Two streets, one in Paris and one in Chicago, with meters of all three reading types, over the
 * days around the change to summer time in Paris and around the end of a month. What they send has
 * copies, conflicts, readings out of order, readings that are late and readings that are too late.
 */
final class Neighbourhoods {
  /** First moment of the readings. */
  static final Instant START = Instant.parse("2024-03-29T00:00:00Z");

  /** Partitions of the topic. The last one never gets a message. */
  static final int PARTITIONS = 5;

  /** A partition that only gets messages at the start. */
  static final int IDLE_PARTITION = 3;

  /** Parts in which the messages are sent. */
  static final int PARTS = 6;

  private static final Duration LENGTH = Duration.ofHours(84);
  private static final long PART_MILLIS = LENGTH.toMillis() / PARTS;
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");

  private final Random random = new Random(20240331);
  private final Map<Integer, List<Message>> parts = new TreeMap<>();

  private Neighbourhoods() {}

  static DirectoryEntries directory() {
    MeterType household =
        MeterType.generic("household").withMaxPower(kilo(12)).withNominalPeriod(minutes(5));
    MeterType solar = MeterType.generic("solar").withReversible(true);
    MeterType shop =
        MeterType.generic("shop")
            .withMaxPower(kilo(20))
            .withNominalPeriod(minutes(30))
            .withRules(new DayRules(50, 3, 4, 3, 2, 10));
    MeterType disc =
        MeterType.generic("disc").withMaxPower(kilo(100)).withRegisterModulus(kilo(1_000));
    MeterType daily =
        MeterType.generic("daily").withResetWindow(LocalTime.of(23, 50), LocalTime.of(0, 10));
    Map<String, ReadingType> power = Map.of("import", ReadingType.POWER);
    Map<String, ReadingType> register = Map.of("import", ReadingType.REGISTER);
    long gone = START.minus(Duration.ofDays(1)).toEpochMilli();
    long moved = START.plus(Duration.ofHours(40)).toEpochMilli();
    return new DirectoryEntries(
        List.of(
            Meter.of("p1", household, PARIS, power),
            Meter.of("p2", solar, CHICAGO, power),
            new Meter(
                "transformer",
                household,
                CHICAGO,
                power,
                40 * Meter.MULTIPLIER_ONE,
                Long.MIN_VALUE,
                Long.MAX_VALUE),
            Meter.of(
                "i1",
                shop,
                PARIS,
                Map.of("import", ReadingType.INTERVAL, "export", ReadingType.INTERVAL)),
            Meter.of("r1", disc, PARIS, register),
            Meter.of("r2", daily, CHICAGO, register),
            Meter.of("x'); DROP TABLE wattbeam.hours; --", household, PARIS, power),
            new Meter("gone", household, PARIS, power, Meter.MULTIPLIER_ONE, Long.MIN_VALUE, gone)),
        List.of(
            new Group("house", "household", PARIS),
            new Group("street-paris", "street", PARIS),
            new Group("street-chicago", "street", CHICAGO),
            new Group("world; --'", "region", CHICAGO)),
        List.of(
            Membership.ofMeter("p1", "house"),
            new Membership(true, "i1", "house", Long.MIN_VALUE, moved),
            new Membership(true, "i1", "street-paris", moved, Long.MAX_VALUE),
            Membership.ofMeter("r1", "street-paris"),
            Membership.ofMeter("gone", "street-paris"),
            Membership.ofMeter("p2", "street-chicago"),
            Membership.ofMeter("r2", "street-chicago"),
            Membership.ofMeter("transformer", "street-chicago"),
            Membership.ofGroup("house", "street-paris"),
            Membership.ofGroup("street-paris", "world; --'"),
            Membership.ofGroup("street-chicago", "world; --'")));
  }

  private static long kilo(long units) {
    return units * Energy.NANOS;
  }

  private static long minutes(long minutes) {
    return Duration.ofMinutes(minutes).toMillis();
  }

  /** The messages in the order in which they are sent, part by part. */
  static List<List<Message>> messages() {
    Neighbourhoods made = new Neighbourhoods();
    made.powers();
    made.intervals();
    made.registers();
    made.trouble();
    return made.inOrderOfSending();
  }

  private void powers() {
    for (long t = minutes(5); t <= LENGTH.toMillis(); t += minutes(5)) {
      reading(0, "p1", "import", ReadingType.POWER, t, random.nextInt(9_000) * 1_000_000L, 0);
    }
    // No nominal period: a reading stands for the time since the one before, at most 15 minutes.
    for (long t = 0; t <= LENGTH.toMillis(); t += minutes(2 + random.nextInt(20))) {
      long value = (random.nextInt(9_000) - 4_000) * 1_000_000L;
      reading(1, "p2", "import", ReadingType.POWER, t, value, 0);
    }
    for (long t = 0; t <= LENGTH.toMillis(); t += 754_321) {
      long value = random.nextInt(300_000_000);
      reading(1, "transformer", "import", ReadingType.POWER, t, value, 900_000);
    }
    // The partition that falls idle; the name must be stored as it is.
    for (long t = minutes(5); t <= minutes(60); t += minutes(5)) {
      String meter = "x'); DROP TABLE wattbeam.hours; --";
      reading(IDLE_PARTITION, meter, "import", ReadingType.POWER, t, 1_234_567_890L, 0);
    }
  }

  private void intervals() {
    for (long t = minutes(30); t <= LENGTH.toMillis(); t += minutes(30)) {
      long value = random.nextInt(8) * 500_000_000L;
      reading(
          2, "i1", "import", ReadingType.INTERVAL, t, value, t % minutes(90) == 0 ? 1_800_000 : 0);
      reading(2, "i1", "export", ReadingType.INTERVAL, t, random.nextInt(1_000_000_000), 0);
    }
  }

  private void registers() {
    long register = 990 * Energy.NANOS;
    for (long t = minutes(7); t <= LENGTH.toMillis(); t += minutes(15)) {
      register = (register + random.nextInt(900_000_000)) % (1_000 * Energy.NANOS);
      boolean glitch = random.nextInt(60) == 0;
      reading(2, "r1", "import", ReadingType.REGISTER, t, glitch ? 0 : register, 0);
    }
    register = 0;
    for (long t = minutes(60); t <= LENGTH.toMillis(); t += minutes(60)) {
      // Midnight in Chicago is 5:00 UTC.
      boolean reset = t % Duration.ofDays(1).toMillis() == Duration.ofHours(5).toMillis();
      register = reset ? 0 : register + random.nextInt(5_000) * 1_000_000L;
      reading(0, "r2", "import", ReadingType.REGISTER, t, register, 0);
    }
  }

  private void reading(
      int partition,
      String meter,
      String channel,
      ReadingType type,
      long millis,
      long value,
      long duration) {
    int dice = random.nextInt(100);
    if (dice < 4) {
      return; // Lost on its way.
    }
    Quality quality =
        dice < 8 ? Quality.ESTIMATED_LINEAR : dice < 10 ? Quality.QUESTIONABLE : Quality.VALID;
    long time = START.toEpochMilli() + millis;
    Reading reading =
        new Reading(meter, channel, type, time, value, duration, Reading.NO_SEQUENCE, quality);
    int part = (int) Math.min(PARTS - 1, millis / PART_MILLIS);
    boolean mayWait = partition != IDLE_PARTITION;
    if (mayWait && dice >= 90 && dice < 94) {
      send(part + 1, partition, reading); // Late, mostly within the allowed day.
    } else if (mayWait && dice >= 94 && dice < 96) {
      send(part + 3, partition, reading); // Too late.
    } else {
      send(part, partition, reading);
    }
    if (mayWait && dice >= 80 && dice < 84) {
      send(part + dice % 3, partition, reading); // A copy.
    }
    if (mayWait && dice >= 84 && dice < 86) {
      Reading rival =
          new Reading(meter, channel, type, time, value + 7_000_000, duration, dice - 82, quality);
      send(part + dice % 2, partition, rival);
    }
  }

  private void send(int part, int partition, Reading reading) {
    parts
        .computeIfAbsent(Math.min(part, PARTS - 1), number -> new ArrayList<>())
        .add(Message.of(partition, reading));
  }

  /** One message of each kind that is no good reading, spread over the partitions in use. */
  private void trouble() {
    int number = 0;
    for (BadMessages.Bad bad : BadMessages.all()) {
      parts.get(2).add(new Message(number++ % 3, badSentMillis(), bad.payload()));
    }
  }

  /** When {@link BadMessages} are sent. */
  static long badSentMillis() {
    return START.plus(Duration.ofDays(1)).toEpochMilli();
  }

  /**
   * Within a part roughly in the order of time, but neighbours are swapped, also across partitions.
   */
  private List<List<Message>> inOrderOfSending() {
    List<List<Message>> ordered = new ArrayList<>();
    parts.forEach(
        (part, messages) -> {
          Map<Message, Long> place = new IdentityHashMap<>();
          messages.forEach(m -> place.put(m, m.sentMillis() + random.nextInt((int) minutes(120))));
          messages.sort(Comparator.comparingLong(place::get));
          ordered.add(messages);
        });
    return ordered;
  }
}
