package dev.wattbeam.oracle;

import static dev.wattbeam.oracle.History.nanos;
import static dev.wattbeam.oracle.History.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.QualityMix;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import dev.wattbeam.oracle.SequentialModel.Limits;
import dev.wattbeam.oracle.SequentialModel.Result;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every expected number here was worked out by hand from the page. */
class SequentialModelTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final Instant NOON = Instant.parse("2024-03-01T12:00:00Z");
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final String M = "m1";
  private static final String IMPORT = "import";

  private static final MeterType HOUSEHOLD = MeterType.generic("household");

  private static Result run(MeterType type, ReadingType reads, History history) {
    return run(type, reads, PARIS, history);
  }

  private static Result run(MeterType type, ReadingType reads, ZoneId zone, History history) {
    Meter meter = Meter.of(M, type, zone, Map.of(IMPORT, reads));
    MeterDirectory directory = new MeterDirectory(List.of(meter), List.of(), List.of());
    return new SequentialModel(directory, Limits.DEFAULT.withAllowedLateness(Limits.UNLIMITED))
        .run(history.batches());
  }

  private static Reading power(Instant time, String kw) {
    return reading(M, IMPORT, ReadingType.POWER, time, kw);
  }

  /** Of a neighbour on the border of an interval. */
  private static final long CLOSEST = 345_600_000;

  private static Reading interval(Instant time, String kwh) {
    return reading(M, IMPORT, ReadingType.INTERVAL, time, kwh);
  }

  private static Reading register(Instant time, String kwh) {
    return reading(M, IMPORT, ReadingType.REGISTER, time, kwh);
  }

  private static Reading lasting(Reading reading, long durationMillis) {
    return new Reading(
        reading.meter(),
        reading.channel(),
        reading.type(),
        reading.timeMillis(),
        reading.value(),
        durationMillis,
        reading.sequence(),
        reading.quality());
  }

  private static Reading numbered(Reading reading, long sequence, Quality quality) {
    return new Reading(
        reading.meter(),
        reading.channel(),
        reading.type(),
        reading.timeMillis(),
        reading.value(),
        reading.durationMillis(),
        sequence,
        quality);
  }

  private static Instant at(long minutes) {
    return NOON.plusMillis(minutes * MINUTE);
  }

  private static Consumption interval(Result result, long minutes) {
    ConsumptionRow row = result.meterRow(M, IMPORT, Level.INTERVAL, at(minutes));
    return row == null ? null : row.consumption();
  }

  private static int flags(RowFlag... flags) {
    int bits = 0;
    for (RowFlag flag : flags) {
      bits |= flag.bit();
    }
    return bits;
  }

  /** Registers from noon on, one each so many minutes. */
  private static History registers(int everyMinutes, String... kwh) {
    History history = new History("t");
    for (int i = 0; i < kwh.length; i++) {
      history.add(register(at((long) i * everyMinutes), kwh[i]));
    }
    return history;
  }

  private static long kwh(String value) {
    return nanos(value) * 18 / 5;
  }

  private static long sum(Result result) {
    return result.rows(OwnerKind.METER, Level.INTERVAL).stream()
        .mapToLong(row -> row.consumption().energyMj())
        .sum();
  }

  @Test
  void powerIsEnergyOverItsSpan() {
    History history = new History("t");
    for (int minute = 1; minute <= 15; minute++) {
      history.add(power(at(minute), minute == 7 ? "3" : "1.5"));
    }
    history.add(power(at(20), "6"));

    Result result = run(HOUSEHOLD.withNominalPeriod(MINUTE), ReadingType.POWER, history);

    // 14 min of 1.5 kW and one of 3 kW: 1 260 000 J + 180 000 J.
    // Revision: 15 readings; none before; the next one 300 s after the end.
    assertThat(interval(result, 0))
        .isEqualTo(
            new Consumption(
                1_440_000_000L,
                15 * MINUTE,
                15 * MINUTE,
                nanos("1.5"),
                nanos("3"),
                15,
                0,
                QualityMix.of(Quality.VALID, 15 * MINUTE),
                15 + CLOSEST - 300_000 + 1));
    // One minute of 6 kW; 14 minutes are missing, not zero. The last reading of the quarter before
    // lies on the start.
    assertThat(interval(result, 15).energyMj()).isEqualTo(360_000_000L);
    assertThat(interval(result, 15).coveredMillis()).isEqualTo(MINUTE);
    assertThat(interval(result, 15).revision()).isEqualTo(1 + CLOSEST + 1);
    assertThat(result.accepted()).isEqualTo(16);
    assertThat(result.latest().get(new MeterChannel(M, IMPORT)).value()).isEqualTo(nanos("6"));
  }

  @Test
  void powerWithoutPeriodLastsSinceTheReadingBeforeUpToAQuarterOfAnHour() {
    History history =
        new History("t")
            .add(power(at(0), "1"))
            .add(power(at(15), "1"))
            .add(power(at(31), "1"))
            .add(power(at(32), "1"));

    Result result = run(HOUSEHOLD, ReadingType.POWER, history);

    assertThat(interval(result, 0).energyMj()).isEqualTo(kwh("0.25"));
    assertThat(interval(result, 15)).isNull();
    assertThat(interval(result, 30).coveredMillis()).isEqualTo(MINUTE);
    assertThat(interval(result, 30).samples()).isEqualTo(2);
    // The first reading closes in the quarter before noon, has no span, and covers nothing.
    assertThat(interval(result, -15).known()).isFalse();
    assertThat(interval(result, -15).samples()).isEqualTo(1);
  }

  @Test
  void intervalEnergyIsSharedByFloorsThatAddUp() {
    // 4 nano-kWh = 14.4 mJ, rounded down to 14; over three quarters 14/3, 28/3, 42/3.
    History history = new History("t").add(lasting(interval(at(45), "0.000000004"), 45 * MINUTE));

    Result result = run(HOUSEHOLD, ReadingType.INTERVAL, history);

    assertThat(interval(result, 0).energyMj()).isEqualTo(4);
    assertThat(interval(result, 15).energyMj()).isEqualTo(5);
    assertThat(interval(result, 30).energyMj()).isEqualTo(5);
    assertThat(interval(result, 0).flags()).isEqualTo(flags(RowFlag.SHARED));
    assertThat(interval(result, 0).samples()).isZero();
    assertThat(interval(result, 30).samples()).isEqualTo(1);
    // 14 mJ over 2700 s is 5.18 nano-kW.
    assertThat(interval(result, 0).maxPower()).isEqualTo(5);
    // Nothing is shared at the level of the hour.
    assertThat(result.meterRow(M, IMPORT, Level.HOUR, NOON).consumption().flags()).isZero();
  }

  @Test
  void intervalThatIsMostlyCoveredByTheOneBeforeIsLeftOut() {
    MeterType type = HOUSEHOLD.withNominalPeriod(15 * MINUTE);
    History history =
        new History("t")
            .add(interval(at(15), "1"))
            .add(interval(at(22), "5")) // 8 of 15 minutes are cut off
            .add(interval(at(30), "2")); // 7 of 15 minutes are cut off: whole energy, 8 minutes

    Result result = run(type, ReadingType.INTERVAL, history);

    assertThat(interval(result, 0).energyMj()).isEqualTo(kwh("1"));
    assertThat(interval(result, 15).energyMj()).isEqualTo(kwh("2"));
    assertThat(interval(result, 15).coveredMillis()).isEqualTo(8 * MINUTE);
    assertThat(interval(result, 15).samples()).isEqualTo(2);
    assertThat(interval(result, 15).flags()).isEqualTo(flags(RowFlag.OVERLAP));
  }

  @Test
  void copiesAreDuplicatesAndRivalsAreConflicts() {
    Reading first = numbered(interval(at(15), "1"), 1, Quality.QUESTIONABLE);
    Reading corrected = numbered(interval(at(15), "2"), 2, Quality.VALID);
    History history =
        new History("t")
            .add(corrected)
            .add(first)
            .add(numbered(first, 1, Quality.VALID))
            .add(corrected);

    Result result = run(HOUSEHOLD.withNominalPeriod(15 * MINUTE), ReadingType.INTERVAL, history);

    assertThat(result.accepted()).isEqualTo(1);
    assertThat(result.duplicates()).isEqualTo(2);
    assertThat(result.conflicts()).containsExactly(numbered(first, 1, Quality.VALID));
    assertThat(result.deadLetters()).isEqualTo(Map.of(DeadLetterCode.CONFLICTING_READING, 1L));
    assertThat(interval(result, 0).energyMj()).isEqualTo(kwh("2"));
    assertThat(interval(result, 0).samples()).isEqualTo(1);
    assertThat(interval(result, 0).flags()).isEqualTo(flags(RowFlag.CONFLICT));
    // The copy of another quality counts, the exact one does not.
    assertThat(interval(result, 0).revision()).isEqualTo(3);
  }

  @Test
  void registersTelescopeAcrossBorders() {
    // 0.9 kWh from 12:00 to 12:45, then 0.1 kWh to 13:00.
    History history =
        new History("t")
            .add(register(at(0), "100"))
            .add(register(at(45), "100.9"))
            .add(register(at(60), "101"));

    Result result = run(HOUSEHOLD, ReadingType.REGISTER, history);

    assertThat(interval(result, 0).energyMj()).isEqualTo(kwh("0.3"));
    assertThat(interval(result, 15).energyMj()).isEqualTo(kwh("0.3"));
    assertThat(interval(result, 30).energyMj()).isEqualTo(kwh("0.3"));
    assertThat(interval(result, 45).energyMj()).isEqualTo(kwh("0.1"));
    assertThat(interval(result, 0).flags()).isEqualTo(flags(RowFlag.SHARED));
    assertThat(interval(result, 45).flags()).isZero();
    // Neighbours of 12:15: noon; 12:45 and 13:00. Fewer than eight, so only their number counts.
    assertThat(interval(result, 15).revision()).isEqualTo(1 + 2);
  }

  @Test
  void glitchIsLeftOutAndTheEnergyOfItsNeighboursStays() {
    Result result =
        run(HOUSEHOLD, ReadingType.REGISTER, registers(15, "10", "11", "0", "12", "13"));

    assertThat(sum(result)).isEqualTo(kwh("3"));
    assertThat(interval(result, 15).energyMj()).isEqualTo(kwh("0.5"));
    assertThat(interval(result, 30).energyMj()).isEqualTo(kwh("0.5"));
    assertThat(interval(result, 15).flags())
        .isEqualTo(flags(RowFlag.REGISTER_GLITCH, RowFlag.SHARED));
  }

  @Test
  void rolloverAddsTheModulus() {
    MeterType type = HOUSEHOLD.withRegisterModulus(nanos("100000"));
    Result result = run(type, ReadingType.REGISTER, registers(15, "99999", "99999.5", "0.25", "1"));

    assertThat(interval(result, 15).energyMj()).isEqualTo(kwh("0.75"));
    assertThat(interval(result, 15).flags()).isEqualTo(flags(RowFlag.REGISTER_ROLLOVER));
    assertThat(sum(result)).isEqualTo(kwh("2"));
  }

  @Test
  void resetWaitsForTwoReadingsToConfirmIt() {
    MeterType type = HOUSEHOLD.withMaxPower(nanos("12"));
    Result pending = run(type, ReadingType.REGISTER, registers(15, "10", "11", "0.2", "1"));
    assertThat(interval(pending, 15).known()).isFalse();
    assertThat(interval(pending, 15).flags()).isEqualTo(flags(RowFlag.PROVISIONAL));
    assertThat(interval(pending, 30).energyMj()).isEqualTo(kwh("0.8"));

    Result confirmed = run(type, ReadingType.REGISTER, registers(15, "10", "11", "0.2", "1", "2"));
    assertThat(interval(confirmed, 15).energyMj()).isEqualTo(kwh("0.2"));
    assertThat(interval(confirmed, 15).flags()).isEqualTo(flags(RowFlag.REGISTER_RESET));
    assertThat(interval(confirmed, 15).quality().millis(Quality.QUESTIONABLE))
        .isEqualTo(15 * MINUTE);
    assertThat(sum(confirmed)).isEqualTo(kwh("3"));

    Result ratingUnknown =
        run(HOUSEHOLD, ReadingType.REGISTER, registers(15, "10", "11", "0.2", "1", "2"));
    assertThat(interval(ratingUnknown, 15).flags()).isEqualTo(flags(RowFlag.METER_EXCHANGE));
  }

  @Test
  void stepAboveTheRatingIsAnExchangeAndNoEnergy() {
    MeterType type = HOUSEHOLD.withMaxPower(nanos("12"));
    Result result =
        run(type, ReadingType.REGISTER, registers(15, "10", "11", "5000", "5001", "5002"));

    assertThat(interval(result, 15).known()).isFalse();
    assertThat(interval(result, 15).flags()).isEqualTo(flags(RowFlag.METER_EXCHANGE));
    assertThat(sum(result)).isEqualTo(kwh("3"));
  }

  @Test
  void registersTooFarApartAreAGap() {
    History history =
        new History("t").add(register(at(0), "10")).add(register(at(25 * 60 + 1), "11"));
    Result result = run(HOUSEHOLD, ReadingType.REGISTER, history);

    assertThat(sum(result)).isZero();
    // What was before the first reading is not known either.
    for (long minutes : new long[] {-15, 25 * 60}) {
      assertThat(interval(result, minutes).flags()).isEqualTo(flags(RowFlag.REGISTER_GAP));
      assertThat(interval(result, minutes).known()).isFalse();
      assertThat(interval(result, minutes).revision()).isEqualTo(2);
    }
  }

  @Test
  void moreThanFourGlitchesInARowAreNotLookedThrough() {
    Result four =
        run(HOUSEHOLD, ReadingType.REGISTER, registers(15, "10", "0", "0", "11", "0", "12", "13"));
    assertThat(sum(four)).isEqualTo(kwh("3"));
    assertThat(interval(four, 60).flags()).isEqualTo(flags(RowFlag.SHARED));

    Result five =
        run(
            HOUSEHOLD,
            ReadingType.REGISTER,
            registers(15, "10", "0", "11", "0", "12", "0", "13", "14"));
    assertThat(sum(five)).isEqualTo(kwh("1"));
    assertThat(interval(five, 75).flags()).isEqualTo(flags(RowFlag.REGISTER_GAP));
    assertThat(interval(five, 60).flags()).isEqualTo(flags(RowFlag.REGISTER_GLITCH));
  }

  @Test
  void suspiciousValueIsConfirmedByReadingsThatFollowSoon() {
    MeterType type = HOUSEHOLD.withMaxPower(nanos("12"));
    for (long minutes : new long[] {25 * 60, 25 * 60 + 1}) {
      History history = registers(15, "10", "11", "0.2");
      history.add(register(at(30 + minutes), "1"));
      history.add(register(at(45 + minutes), "2"));
      RowFlag flag = minutes == 25 * 60 ? RowFlag.REGISTER_RESET : RowFlag.PROVISIONAL;
      assertThat(interval(run(type, ReadingType.REGISTER, history), 15).flags() & flag.bit())
          .isEqualTo(flag.bit());
    }
  }

  @Test
  void readingsFourDaysAwayCountForTheRevision() {
    long days = 4L * 24 * 60;
    for (long more : new long[] {0, 1}) {
      History history =
          new History("t").add(register(at(0), "10")).add(register(at(days + more), "11"));
      Result result = run(HOUSEHOLD, ReadingType.REGISTER, history);
      assertThat(interval(result, -15).revision()).isEqualTo(more == 0 ? 2 : 1);
    }
  }

  @Test
  void revisionCountsEightReadingsAroundARegistersInterval() {
    // Quarter-hourly from noon; the interval of 14:30 has ten readings before it (14:30 and
    // earlier) and its own at 14:45.
    String[] kwh = new String[12];
    for (int i = 0; i < kwh.length; i++) {
      kwh[i] = "" + (10 + i);
    }
    Result result = run(HOUSEHOLD, ReadingType.REGISTER, registers(15, kwh));

    // Before: 0, 900 ... 7 x 900 s. After its end at 14:45 there is none.
    assertThat(interval(result, 150).revision()).isEqualTo(1 + CLOSEST - 7 * 900_000 + 8);
  }

  @Test
  void dailyCounterIsExpectedToResetInItsWindow() {
    MeterType type = HOUSEHOLD.withResetWindow(LocalTime.of(23, 55), LocalTime.of(0, 15));
    // Paris is one hour ahead: 23:00 UTC is midnight. 00:15 there is inside, being inclusive.
    Instant midnight = Instant.parse("2024-03-01T23:00:00Z");
    History history =
        new History("t")
            .add(register(midnight.minusSeconds(900), "8"))
            .add(register(midnight, "9"))
            .add(register(midnight.plusSeconds(900), "0.5"));
    Result result = run(type, ReadingType.REGISTER, history);

    Consumption first = result.meterRow(M, IMPORT, Level.INTERVAL, midnight).consumption();
    assertThat(first.energyMj()).isEqualTo(kwh("0.5"));
    assertThat(first.flags()).isEqualTo(flags(RowFlag.REGISTER_RESET));
    assertThat(first.quality().millis(Quality.QUESTIONABLE)).isEqualTo(15 * MINUTE);
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Paris,    2024-03-30T23:00:00Z, 23",
    "Europe/Paris,    2024-10-26T22:00:00Z, 25",
    "Europe/Paris,    2024-06-01T22:00:00Z, 24",
    "America/Chicago, 2024-03-10T06:00:00Z, 23",
    "America/Chicago, 2024-11-03T05:00:00Z, 25"
  })
  void dayHasTheHoursOfItsClock(ZoneId zone, Instant start, int hours) {
    History history = new History("t");
    for (int quarter = 1; quarter <= hours * 4; quarter++) {
      history.add(interval(start.plusSeconds(900L * quarter), "0.25"));
    }
    // The first quarter of the day after.
    history.add(interval(start.plusSeconds(3600L * hours + 900), "7"));
    Result result =
        run(HOUSEHOLD.withNominalPeriod(15 * MINUTE), ReadingType.INTERVAL, zone, history);

    ConsumptionRow day = result.meterRow(M, IMPORT, Level.DAY, start);
    assertThat(day.consumption().energyMj()).isEqualTo(kwh("1") * hours);
    assertThat(day.consumption().expectedMillis()).isEqualTo(hours * HOUR);
    assertThat(day.consumption().coveredMillis()).isEqualTo(hours * HOUR);
    assertThat(day.endMillis()).isEqualTo(start.plusSeconds(3600L * hours).toEpochMilli());
    assertThat(result.rows(OwnerKind.METER, Level.HOUR))
        .hasSize(hours + 1)
        .filteredOn(row -> row.startMillis() < day.endMillis())
        .allSatisfy(
            row -> {
              assertThat(row.consumption().energyMj()).isEqualTo(kwh("1"));
              assertThat(row.endMillis() - row.startMillis()).isEqualTo(HOUR);
            });
  }

  @Test
  void daysAndMonthsCarryTheFlagsOfTheirRules() {
    Instant midnight = Instant.parse("2024-02-29T23:00:00Z");
    History history = new History("t");
    // Six days of 96 quarters: 0.01 to 0.02 kWh by turns; the fourth has one of 1 kWh, the sixth is
    // all 0.2 kWh.
    for (int quarter = 0; quarter < 6 * 96; quarter++) {
      String value = quarter % 2 == 0 ? "0.01" : "0.02";
      if (quarter == 3 * 96 + 10) {
        value = "1";
      } else if (quarter >= 5 * 96) {
        value = "0.2";
      }
      history.add(interval(midnight.plusSeconds(900L * (quarter + 1)), value));
    }
    Result result = run(HOUSEHOLD.withNominalPeriod(15 * MINUTE), ReadingType.INTERVAL, history);

    List<Integer> flags =
        result.rows(OwnerKind.METER, Level.DAY).stream()
            .map(row -> row.consumption().flags())
            .toList();
    // 1.44 kWh usually, 2.43 kWh on the fourth day, 19.2 kWh on the sixth: more than five times the
    // mean of the others; no day is below a fifth of the mean of the others (1.44 of 5.19).
    assertThat(flags)
        .containsExactly(
            0, 0, 0, flags(RowFlag.SPIKE, RowFlag.ABRUPT_CHANGE), 0, flags(RowFlag.FROZEN));
    assertThat(result.meterRow(M, IMPORT, Level.MONTH, midnight).consumption().flags())
        .isEqualTo(flags(RowFlag.SPIKE, RowFlag.ABRUPT_CHANGE, RowFlag.FROZEN, RowFlag.HIGH_USAGE));
  }

  @Test
  void gapZeroRunAndEstimatesMarkTheDay() {
    Instant midnight = Instant.parse("2024-02-29T23:00:00Z");
    History history = new History("t");
    for (int quarter = 1; quarter <= 96; quarter++) {
      if (quarter != 60) {
        history.add(
            numbered(
                interval(midnight.plusSeconds(900L * quarter), quarter <= 48 ? "0" : "0.1"),
                1,
                quarter <= 48 ? Quality.ESTIMATED_LINEAR : Quality.VALID));
      }
    }
    Result result = run(HOUSEHOLD.withNominalPeriod(15 * MINUTE), ReadingType.INTERVAL, history);

    // 48 of 95 quarters are estimated; runs of equal energy: 11 and 36.
    assertThat(result.meterRow(M, IMPORT, Level.DAY, midnight).consumption().flags())
        .isEqualTo(flags(RowFlag.ZERO_RUN, RowFlag.FROZEN, RowFlag.GAP, RowFlag.MANY_ESTIMATES));
  }

  @Test
  void groupsAddWhoIsBelowThemAtTheStart() {
    MeterType type = HOUSEHOLD.withNominalPeriod(15 * MINUTE);
    List<Meter> meters =
        List.of(
            Meter.of("a", type, PARIS, Map.of(IMPORT, ReadingType.INTERVAL)),
            Meter.of("b", type, PARIS, Map.of(IMPORT, ReadingType.INTERVAL)));
    long change = at(20).toEpochMilli();
    MeterDirectory directory =
        new MeterDirectory(
            meters,
            List.of(
                new Group("f1", "feeder", PARIS),
                new Group("f2", "feeder", PARIS),
                new Group("r", "region", PARIS)),
            List.of(
                Membership.ofMeter("a", "f1"),
                new Membership(true, "b", "f1", Long.MIN_VALUE, change),
                new Membership(true, "b", "f2", change, Long.MAX_VALUE),
                Membership.ofGroup("f1", "r"),
                Membership.ofGroup("f2", "r")));
    History history = new History("t");
    for (int quarter = 1; quarter <= 4; quarter++) {
      history.add(reading("a", IMPORT, ReadingType.INTERVAL, at(15 * quarter), "1"));
      history.add(reading("b", IMPORT, ReadingType.INTERVAL, at(15 * quarter), "2"));
    }
    Result result = new SequentialModel(directory, Limits.DEFAULT).run(history.batches());

    // The change at 12:20 counts from 12:30 on.
    assertThat(energy(result, "f1", Level.INTERVAL, 15)).isEqualTo(kwh("3"));
    assertThat(energy(result, "f1", Level.INTERVAL, 30)).isEqualTo(kwh("1"));
    assertThat(energy(result, "f2", Level.INTERVAL, 30)).isEqualTo(kwh("2"));
    assertThat(energy(result, "f1", Level.HOUR, 0)).isEqualTo(kwh("8"));
    assertThat(energy(result, "f2", Level.HOUR, 0)).isEqualTo(kwh("4"));
    assertThat(energy(result, "r", Level.HOUR, 0)).isEqualTo(kwh("12"));
    Consumption f1 = result.row(OwnerKind.GROUP, "f1", IMPORT, Level.HOUR, NOON).consumption();
    // Demands: 12, 12, 4 and 4 kW. Expected: two meters for half an hour, then one.
    assertThat(f1.maxPower()).isEqualTo(nanos("12"));
    assertThat(f1.minPower()).isEqualTo(nanos("4"));
    assertThat(f1.expectedMillis()).isEqualTo(90 * MINUTE);
    assertThat(f1.coveredMillis()).isEqualTo(90 * MINUTE);
    assertThat(f1.samples()).isEqualTo(6);
  }

  private static long energy(Result result, String group, Level level, long minutes) {
    return result.row(OwnerKind.GROUP, group, IMPORT, level, at(minutes)).consumption().energyMj();
  }

  @Test
  void multiplierAppliesBeforeTheLimits() {
    Meter meter =
        new Meter(
            M,
            HOUSEHOLD.withMaxPower(nanos("12")).withNominalPeriod(MINUTE),
            PARIS,
            Map.of(IMPORT, ReadingType.POWER),
            40 * Meter.MULTIPLIER_ONE,
            Long.MIN_VALUE,
            Long.MAX_VALUE);
    History history = new History("t").add(power(at(1), "0.3")).add(power(at(2), "0.31"));
    Result result =
        new SequentialModel(
                new MeterDirectory(List.of(meter), List.of(), List.of()), Limits.DEFAULT)
            .run(history.batches());

    assertThat(interval(result, 0).maxPower()).isEqualTo(nanos("12"));
    assertThat(result.deadLetters()).isEqualTo(Map.of(DeadLetterCode.VALUE_OUT_OF_RANGE, 1L));
  }
}
