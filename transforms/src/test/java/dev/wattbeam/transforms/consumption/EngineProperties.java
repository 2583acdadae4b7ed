package dev.wattbeam.transforms.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.oracle.SequentialModel.RowKey;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The engines against the sequential model, for any order, copies and bundles. */
class EngineProperties {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");
  private static final long UNIT = Energy.NANOS;
  private static final long MINUTE = 60_000;

  private static final MeterType PLAIN = MeterType.generic("plain");
  private static final MeterType RATED = PLAIN.withMaxPower(10 * UNIT).withNominalPeriod(MINUTE);
  private static final MeterType ROLLING = PLAIN.withRegisterModulus(100 * UNIT);
  private static final MeterType DAILY_RESET =
      PLAIN.withResetWindow(LocalTime.of(23, 45), LocalTime.of(0, 15));

  private static final List<Meter> METERS =
      List.of(
          Meter.of("p1", PLAIN, PARIS, Map.of("import", ReadingType.POWER)),
          Meter.of("p2", RATED, CHICAGO, Map.of("import", ReadingType.POWER)),
          Meter.of("i1", PLAIN, PARIS, Map.of("import", ReadingType.INTERVAL)),
          Meter.of("r1", PLAIN, PARIS, Map.of("import", ReadingType.REGISTER)),
          Meter.of("r2", RATED, CHICAGO, Map.of("import", ReadingType.REGISTER)),
          Meter.of("r3", ROLLING, PARIS, Map.of("import", ReadingType.REGISTER)),
          Meter.of("r4", DAILY_RESET, PARIS, Map.of("import", ReadingType.REGISTER)),
          Meter.of(
              "s1",
              PLAIN,
              PARIS,
              Map.of("import", ReadingType.INTERVAL, "import-register", ReadingType.REGISTER)));

  /** Clock changes of Europe/Paris and America/Chicago in spring and autumn, and a plain day. */
  private static final List<Instant> STARTS =
      List.of(
          Instant.parse("2024-03-30T18:00:00Z"),
          Instant.parse("2024-10-26T18:00:00Z"),
          Instant.parse("2024-03-09T20:00:00Z"),
          Instant.parse("2024-11-02T20:00:00Z"),
          Instant.parse("2024-06-30T10:07:00Z"));

  /** UTC day. */
  private static final int FIRST_OF_MAY = (int) LocalDate.of(2024, 5, 1).toEpochDay();

  private static final MeterDirectory DIRECTORY = directory();

  private static MeterDirectory directory() {
    List<Membership> memberships = new ArrayList<>();
    long change = Instant.parse("2024-10-27T03:00:00Z").toEpochMilli();
    for (Meter meter : METERS) {
      if (meter.name().equals("p1")) {
        memberships.add(new Membership(true, "p1", "north", Long.MIN_VALUE, change));
        memberships.add(new Membership(true, "p1", "south", change, Long.MAX_VALUE));
      } else {
        memberships.add(
            Membership.ofMeter(meter.name(), meter.zone() == PARIS ? "north" : "south"));
      }
    }
    memberships.add(Membership.ofGroup("north", "region"));
    memberships.add(Membership.ofGroup("south", "region"));
    return new MeterDirectory(
        METERS,
        List.of(
            new Group("north", "feeder", PARIS),
            new Group("south", "feeder", CHICAGO),
            new Group("region", "region", PARIS)),
        memberships);
  }

  private static List<Reading> readings(Random random, Meter meter) {
    List<Reading> readings = new ArrayList<>();
    ReadingType type = meter.channels().get("import");
    long[] steps = {MINUTE, 15 * MINUTE, 30 * MINUTE, 7 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE};
    long step = steps[random.nextInt(steps.length)];
    long time =
        STARTS.get(random.nextInt(STARTS.size())).toEpochMilli() + random.nextInt(3) * MINUTE * 7;
    int count = 1 + random.nextInt(step < 10 * MINUTE ? 200 : step > 60 * MINUTE ? 12 : 90);
    boolean stated = random.nextBoolean();
    long register = random.nextInt(90) * UNIT;
    for (int i = 0; i < count; i++) {
      time += random.nextInt(20) == 0 ? step * random.nextInt(40) + 1 : step;
      if (random.nextInt(15) == 0) {
        time += random.nextInt(2000) - 1000;
      }
      long value;
      if (type == ReadingType.REGISTER) {
        register += random.nextInt(400) * UNIT / 1000;
        if (random.nextInt(40) == 0) {
          register = random.nextInt(3) * UNIT;
        }
        if (meter.type() == ROLLING) {
          register %= 100 * UNIT;
        }
        value = random.nextInt(25) == 0 ? random.nextInt(3) * UNIT * 70 : register;
      } else {
        value = random.nextInt(9) * UNIT / 3;
      }
      long duration =
          type != ReadingType.REGISTER && stated && random.nextInt(5) > 0
              ? Math.min(step + (random.nextInt(10) == 0 ? step / 2 : 0), 25 * 60 * MINUTE)
              : 0;
      Reading reading =
          new Reading(
              meter.name(),
              "import",
              type,
              time,
              value,
              duration,
              random.nextInt(10) == 0 ? random.nextInt(3) : Reading.NO_SEQUENCE,
              random.nextInt(12) == 0 ? Quality.ESTIMATED_LINEAR : Quality.VALID);
      readings.add(reading);
      if (random.nextInt(10) == 0) {
        readings.add(reading);
      }
      if (random.nextInt(25) == 0) {
        readings.add(copy(reading, random));
      }
      if (random.nextInt(25) == 0) {
        boolean longer = type != ReadingType.REGISTER && random.nextInt(3) == 0;
        readings.add(
            new Reading(
                meter.name(),
                "import",
                type,
                time,
                value + UNIT / 10,
                longer ? (1 + random.nextInt(1_500)) * MINUTE : duration,
                random.nextInt(4) - 1,
                Quality.VALID));
      }
    }
    return readings;
  }

  /** Said again, with another sequence number or quality. */
  private static Reading copy(Reading reading, Random random) {
    return new Reading(
        reading.meter(),
        reading.channel(),
        reading.type(),
        reading.timeMillis(),
        reading.value(),
        reading.durationMillis(),
        random.nextInt(6) - 1,
        random.nextInt(3) == 0 ? Quality.RAW : Quality.VALID);
  }

  /**
   * A register that is seldom right: runs of wrong values of any length, resets, rivals, copies,
   * readings within one second, outages.
   */
  private static List<Reading> defective(Random random, Meter meter) {
    long[] steps = {700, 5 * MINUTE, 60 * MINUTE, 12 * 60 * MINUTE};
    long step = steps[random.nextInt(steps.length)];
    long time = STARTS.get(random.nextInt(STARTS.size())).toEpochMilli() + random.nextInt(5_000);
    long register = random.nextInt(60) * UNIT;
    List<Reading> readings = new ArrayList<>();
    int wrong = 0;
    while (readings.size() < 45) {
      time += random.nextInt(12) == 0 ? 1 + random.nextInt(40) * step : step;
      if (random.nextInt(30) == 0) {
        time += random.nextInt(10) * 24 * 60 * MINUTE;
      }
      register += random.nextInt(500) * UNIT / 1000;
      if (random.nextInt(25) == 0) {
        register = random.nextInt(3) * UNIT;
      }
      if (wrong > 0 || random.nextInt(12) == 0) {
        wrong = wrong > 0 ? wrong - 1 : random.nextInt(14);
      }
      boolean glitch = wrong > 0 && random.nextInt(4) > 0;
      Reading reading =
          new Reading(
              meter.name(),
              "import",
              ReadingType.REGISTER,
              time,
              glitch ? random.nextInt(4) * 45 * UNIT : register,
              0,
              random.nextInt(3) - 1,
              Quality.VALID);
      readings.add(reading);
      for (int rivals = random.nextInt(12) == 0 ? random.nextInt(12) : 0; rivals > 0; rivals--) {
        Reading rival = copy(reading, random);
        readings.add(
            random.nextBoolean()
                ? rival
                : Reading.of(
                    meter.name(), "import", ReadingType.REGISTER, time, rivals % 4 * 30 * UNIT, 0));
      }
    }
    return readings;
  }

  /** Weeks of one channel, now and then with an outage of days, up to the fifth of June. */
  private static List<Reading> weeks(Random random, Meter meter, String channel) {
    ReadingType type = meter.channels().get(channel);
    long[] steps = {10 * MINUTE, 60 * MINUTE, 5 * 60 * MINUTE, 24 * 60 * MINUTE};
    long step = steps[random.nextInt(steps.length)];
    long time = Instant.parse("2024-05-09T00:00:00Z").toEpochMilli() + random.nextInt(900) * MINUTE;
    long end = Instant.parse("2024-06-05T00:00:00Z").toEpochMilli();
    long register = 0;
    List<Reading> readings = new ArrayList<>();
    while (time < end) {
      register += random.nextInt(400) * UNIT / 1000;
      long value = type == ReadingType.REGISTER ? register : random.nextInt(4) * UNIT;
      if (random.nextInt(20) == 0) {
        value = random.nextInt(2) * 60 * UNIT / 10;
      }
      long duration =
          type == ReadingType.REGISTER || random.nextInt(4) > 0
              ? 0
              : 1 + random.nextInt(25 * 60) * MINUTE;
      Reading reading = Reading.of(meter.name(), channel, type, time, value, duration);
      readings.add(reading);
      if (random.nextInt(15) == 0) {
        readings.add(copy(reading, random));
      }
      time += step;
      if (random.nextInt(10 + (int) (40 * 60 * MINUTE / step)) == 0) {
        time += random.nextInt(16 * 24) * 60 * MINUTE;
      }
    }
    return readings;
  }

  /** Two days in which the intervals of s1 add up to its register, or nearly. */
  private static List<Reading> intervalsBesideTheirRegister(Random random) {
    List<Reading> readings = new ArrayList<>();
    long time = Instant.parse("2024-05-09T22:00:00Z").toEpochMilli();
    long register = 5 * UNIT;
    long surplus = random.nextInt(3) * UNIT / 100;
    for (int i = 0; i <= 2 * 96; i++) {
      readings.add(Reading.of("s1", "import-register", ReadingType.REGISTER, time, register, 0));
      long value = random.nextInt(3) * UNIT;
      time += 15 * MINUTE;
      register += value;
      readings.add(
          Reading.of("s1", "import", ReadingType.INTERVAL, time, value + surplus, 15 * MINUTE));
    }
    return readings;
  }

  private static SequentialModel.Result judge(List<Reading> readings) {
    ReadingBatch.Builder batch =
        new ReadingBatch.Builder("readings", 0, Long.MIN_VALUE, readings.size());
    long known = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    for (int i = 0; i < readings.size(); i++) {
      batch.add(readings.get(i), i, known, new byte[0]);
    }
    return new SequentialModel(
            DIRECTORY,
            SequentialModel.Limits.DEFAULT.withAllowedLateness(SequentialModel.Limits.UNLIMITED))
        .run(List.of(batch.build()));
  }

  private static List<Reading> all(Random random) {
    List<Reading> all = new ArrayList<>();
    for (Meter meter : METERS) {
      all.addAll(readings(random, meter));
    }
    all.addAll(intervalsBesideTheirRegister(random));
    return all;
  }

  private static InMemory run(List<Reading> readings, Random random, int bundles) {
    InMemory engines = new InMemory(DIRECTORY, Long.MAX_VALUE);
    int from = 0;
    for (int i = 0; i < bundles && from < readings.size(); i++) {
      int to =
          i == bundles - 1
              ? readings.size()
              : Math.min(readings.size(), from + 1 + random.nextInt(readings.size()));
      engines.add(readings.subList(from, to));
      if (random.nextBoolean()) {
        engines.flush();
      }
      from = to;
    }
    engines.flush();
    return engines;
  }

  private static List<String> differences(
      SortedMap<RowKey, ConsumptionRow> rows, SortedMap<RowKey, ConsumptionRow> wanted) {
    TreeSet<RowKey> keys = new TreeSet<>(rows.keySet());
    keys.addAll(wanted.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(rows.get(key), wanted.get(key)))
        .limit(3)
        .map(
            key ->
                key
                    + " at "
                    + Instant.ofEpochMilli(key.startMillis())
                    + "\n  is     "
                    + content(rows.get(key))
                    + "\n  wanted "
                    + content(wanted.get(key)))
        .toList();
  }

  private static String content(ConsumptionRow row) {
    return row == null ? "absent" : row.consumption().toString();
  }

  @Property(tries = 120)
  void anyOrderCopiesAndBundlesGiveTheRowsOfTheSequentialModel(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int bundles) {
    Random random = new Random(seed);
    List<Reading> readings =
        all(random).stream()
            .filter(r -> r.value() >= 0)
            .collect(Collectors.toCollection(ArrayList::new));
    SequentialModel.Result expected = judge(readings);
    if (random.nextBoolean()) {
      Collections.shuffle(readings, random);
    }
    InMemory engines = run(readings, random, bundles);

    assertThat(expected.rejected()).isEmpty();
    assertThat(differences(engines.table, expected.rows())).isEmpty();
    assertThat(engines.accepted).isEqualTo(expected.accepted());
    assertThat(engines.duplicates).isEqualTo(expected.duplicates());
    assertThat(engines.conflicts).isEqualTo(expected.conflicts().size());
  }

  /** Wherever a reading comes in, its row knows: nothing hides behind a bundle. */
  @Property(tries = 40)
  void defectiveRegistersArriveOneByOne(@ForAll long seed) {
    Random random = new Random(seed);
    List<Reading> readings = defective(random, METERS.get(3 + random.nextInt(4)));
    Collections.shuffle(readings, random);
    assertThat(differences(oneByOne(readings).table, judge(readings).rows())).isEmpty();
  }

  private static InMemory oneByOne(List<Reading> readings) {
    InMemory engines = new InMemory(DIRECTORY, Long.MAX_VALUE);
    for (Reading reading : readings) {
      engines.add(List.of(reading));
      engines.flush();
    }
    return engines;
  }

  /** What is forgotten is what no accepted reading can change. */
  @Property(tries = 10)
  void forgettingChangesNoRow(@ForAll long seed) {
    Random random = new Random(seed);
    long lateness = 24 * 60 * MINUTE;
    List<Reading> readings = new ArrayList<>();
    for (Meter meter : METERS) {
      for (String channel : meter.channels().keySet()) {
        readings.addAll(weeks(random, meter, channel));
      }
    }
    Map<Reading, Long> arrival = new IdentityHashMap<>();
    readings.forEach(
        r -> arrival.put(r, r.timeMillis() + (long) (random.nextDouble() * 30 * 60 * MINUTE)));
    readings.sort(Comparator.comparing(arrival::get));

    InMemory engines = new InMemory(DIRECTORY, lateness);
    List<Reading> accepted = new ArrayList<>();
    long clock = Long.MIN_VALUE;
    for (Reading reading : readings) {
      if (clock == Long.MIN_VALUE || reading.timeMillis() >= clock - lateness) {
        accepted.add(reading);
        engines.add(List.of(reading));
        clock = Math.max(clock, reading.timeMillis());
        if (random.nextInt(5) == 0) {
          engines.flush();
          engines.sweep(clock, lateness);
        }
      }
    }
    engines.flush();

    assertThat(engines.days).hasSizeLessThan((int) daysWithReadings(accepted));
    assertThat(differences(engines.table, judge(accepted).rows())).isEmpty();
  }

  private static long daysWithReadings(List<Reading> readings) {
    return readings.stream()
        .map(r -> new PeriodKey(r.meterChannel(), Intervals.closingDay(r.timeMillis())))
        .distinct()
        .count();
  }

  /** A row that looks at three days must not change when the fifth becomes known. */
  @Example
  void aMemberThatWasAwayLongLeavesTheMonthOfItsGroupWhole() {
    long lateness = 24 * 60 * MINUTE;
    List<Reading> readings = new ArrayList<>();
    for (long hour = 1; hour <= 25 * 24; hour++) {
      readings.add(reading("i1", hour * 60, 1, 60, -1));
      if (hour <= 36 || hour > 24 * 24) {
        readings.add(reading("r1", hour * 60, hour, 0, -1));
      }
    }
    InMemory engines = new InMemory(DIRECTORY, lateness);
    for (Reading reading : readings) {
      engines.add(List.of(reading));
      engines.flush();
      engines.sweep(reading.timeMillis(), lateness);
    }
    assertThat(differences(engines.table, judge(readings).rows())).isEmpty();
  }

  /** Nine readings away, behind a run of wrong values. */
  @Example
  void aLongRunOfGlitchesHidesNothing() {
    long[] minutes = {0, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1140};
    long[] values = {40_436, 0, 1_034, 1_319, 1_429, 140_000, 2_000, 1_000, 1_159, 1_522, 2_313};
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      readings.add(
          Reading.of(
              "r1",
              "import",
              ReadingType.REGISTER,
              Instant.parse("2024-07-01T21:07:00Z").toEpochMilli() + minutes[i] * MINUTE,
              values[i] * UNIT / 1000,
              0));
    }
    for (int i = 0; i < 2; i++) {
      assertThat(differences(oneByOne(readings).table, judge(readings).rows())).isEmpty();
      Collections.reverse(readings);
    }
  }

  /** A, then B preferred to it, then A again: each of the three tables is newer than the last. */
  @Example
  void aTurnedPreferenceIsANewRevision() {
    List<Reading> readings =
        List.of(
            reading("r1", 0, 10, 0, 0),
            reading("r1", 60, 11, 0, 1),
            reading("r1", 120, 14, 0, 0),
            reading("r1", 60, 12, 0, 2),
            reading("r1", 60, 11, 0, 3));
    assertThat(differences(oneByOne(readings).table, judge(readings).rows())).isEmpty();
  }

  /** Where a reading covered something for a time, a row stays; and it is there in one go too. */
  @Example
  void rowsThatACorrectionEmptiedAreThereInAnyOrder() {
    // Two hours up to 04:00, corrected to five minutes.
    assertEmptied(7, reading("p1", 240, 3, 120, -1), reading("p1", 240, 3, 5, 2));
    // Cut short by readings in between.
    assertEmptied(
        5,
        reading("i1", 240, 3, 120, -1),
        reading("i1", 180, 1, 5, -1),
        reading("i1", 190, 1, 5, -1));
    // The time since the reading before, until one with a short duration came in between.
    assertEmptied(
        15, reading("i1", 0, 1, 0, -1), reading("i1", 480, 3, 0, -1), reading("i1", 240, 1, 5, -1));
    // A plausible step, until a correction of its first value.
    assertEmptied(
        7, reading("r1", 0, 10, 0, -1), reading("r1", 120, 20, 0, -1), reading("r1", 0, 90, 0, 2));
  }

  private static void assertEmptied(int emptied, Reading... readings) {
    List<Reading> order = new ArrayList<>(List.of(readings));
    SequentialModel.Result expected = judge(order);
    for (int i = 0; i < 2; i++) {
      InMemory inOneGo = new InMemory(DIRECTORY, Long.MAX_VALUE);
      inOneGo.add(order);
      inOneGo.flush();
      assertThat(differences(oneByOne(order).table, expected.rows())).isEmpty();
      assertThat(differences(inOneGo.table, expected.rows())).isEmpty();
      Collections.reverse(order);
    }
    assertThat(expected.rows(OwnerKind.METER, Level.INTERVAL))
        .filteredOn(row -> !row.consumption().known() && row.consumption().samples() == 0)
        .hasSize(emptied);
  }

  /** A reading some minutes after the first of May, of 2024. */
  private static Reading reading(
      String meter, long minute, long value, long durationMinutes, long sequence) {
    ReadingType type = DIRECTORY.anyVersion(meter).channels().get("import");
    long time = Instant.parse("2024-05-01T00:00:00Z").toEpochMilli() + minute * MINUTE;
    return new Reading(
        meter,
        "import",
        type,
        time,
        value * UNIT,
        durationMinutes * MINUTE,
        sequence,
        Quality.VALID);
  }

  /**
   * After an outage the rows before it change once more, for they have nearer neighbours. What they
   * add up to begins a day before theirs, and must not be forgotten meanwhile.
   */
  @Example
  void periodsBeforeAnOutageStayWhole() {
    List<Reading> readings = new ArrayList<>();
    for (long minute = 15; minute <= 9 * 24 * 60; minute += 15) {
      if (minute <= 3 * 24 * 60 - 120 || minute > 8 * 24 * 60) {
        readings.add(reading("i1", minute, 1, 15, -1));
      }
    }
    InMemory engines = new InMemory(DIRECTORY, 24 * 60 * MINUTE);
    for (Reading reading : readings) {
      engines.add(List.of(reading));
      engines.flush();
    }
    assertThat(engines.days.keySet()).extracting(PeriodKey::number).doesNotContain(FIRST_OF_MAY);
    assertThat(differences(engines.table, judge(readings).rows())).isEmpty();
  }

  @Property(tries = 40)
  void groupsAreTheSumOfTheirMembersAndNothingIsLostBetweenLevels(@ForAll long seed) {
    Random random = new Random(seed);
    InMemory engines = run(all(random), random, 5);
    Map<Level, Long> meterEnergy = new TreeMap<>();
    Map<Level, Long> regionEnergy = new TreeMap<>();
    for (ConsumptionRow row : engines.table.values()) {
      if (row.ownerKind() == OwnerKind.METER && row.channel().equals("import")) {
        meterEnergy.merge(row.level(), row.consumption().energyMj(), Long::sum);
      } else if (row.owner().equals("region") && row.channel().equals("import")) {
        regionEnergy.merge(row.level(), row.consumption().energyMj(), Long::sum);
      }
    }
    assertThat(meterEnergy.values()).allMatch(meterEnergy.get(Level.INTERVAL)::equals);
    assertThat(regionEnergy).isEqualTo(meterEnergy);
  }

  @Example
  void intervalsThatDoNotAddUpToTheRegisterAreFlagged() {
    List<Integer> flagged = new ArrayList<>();
    for (int seed = 0; seed < 12; seed++) {
      InMemory engines = new InMemory(DIRECTORY, Long.MAX_VALUE);
      List<Reading> readings = intervalsBesideTheirRegister(new Random(seed));
      engines.add(readings);
      engines.flush();
      flagged.add(
          (int)
              engines.table.values().stream()
                  .filter(row -> row.level() == Level.DAY)
                  .filter(row -> RowFlag.SUM_CHECK.in(row.consumption().flags()))
                  .count());
    }
    assertThat(flagged).contains(0, 2);
  }

  @Property(tries = 40)
  void replayingAnyPartHandsNothingOn(@ForAll long seed) {
    Random random = new Random(seed);
    List<Reading> readings = all(random);
    InMemory engines = run(readings, random, 3);
    SortedMap<RowKey, ConsumptionRow> before = new TreeMap<>(engines.table);
    long handedOut = engines.rowsHandedOut;
    int from = random.nextInt(readings.size());
    engines.add(readings.subList(from, readings.size()));
    engines.flush();
    assertThat(engines.table).isEqualTo(before);
    assertThat(engines.rowsHandedOut).isEqualTo(handedOut);
  }
}
