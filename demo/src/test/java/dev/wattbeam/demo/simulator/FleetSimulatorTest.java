package dev.wattbeam.demo.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wattbeam.demo.simulator.SimulatorConfig.Mix;
import dev.wattbeam.demo.simulator.SimulatorTruth.Check;
import dev.wattbeam.demo.simulator.SimulatorTruth.Expectation;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FleetSimulatorTest {
  private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
  private static final Mix MINUTELY = new Mix(0.4, 0.3, 0.25, 0, 60);

  private static SimulatorConfig fleet(int meters, long seed, int hours) {
    return SimulatorConfig.of(meters, seed, START)
        .withEnd(START.plus(Duration.ofHours(hours)))
        .withMix(MINUTELY);
  }

  /** Many defects, so that a short period of a small fleet has them all. */
  private static SimulatorConfig badFleet(long seed) {
    DefectShares defects =
        new DefectShares(
            0.04, 0.02, 0.04, 0.04, 0.02, 0.005, 0.004, 0.4, 0.008, 0.002, 0.004, 0.004, 0.004,
            0.004, 0.004);
    return fleet(20, seed, 72)
        .withMix(new Mix(0.3, 0.3, 0.4, 0, 300))
        .withLateness(Duration.ofHours(24), Duration.ofHours(20))
        .withDefects(defects);
  }

  private static List<Delivery> deliveries(FleetSimulator simulator) {
    List<Delivery> deliveries = new ArrayList<>();
    for (Delivery next = simulator.next(); next != null; next = simulator.next()) {
      deliveries.add(next);
    }
    return deliveries;
  }

  @Test
  void equalSeedsGiveEqualDeliveries() {
    List<Delivery> one = deliveries(FleetSimulator.of(badFleet(7)));
    List<Delivery> same = deliveries(FleetSimulator.of(badFleet(7)));
    List<Delivery> other = deliveries(FleetSimulator.of(badFleet(8)));

    assertThat(same).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(same.get(i).payload()).isEqualTo(one.get(i).payload());
      assertThat(same.get(i).deliveryTimeMillis()).isEqualTo(one.get(i).deliveryTimeMillis());
      assertThat(same.get(i).key()).isEqualTo(one.get(i).key());
      assertThat(same.get(i).defect()).isEqualTo(one.get(i).defect());
    }
    assertThat(other.get(100).payload()).isNotEqualTo(one.get(100).payload());
  }

  @Test
  void defectsDoNotChangeWhatIsUsed() {
    FleetSimulator good = FleetSimulator.of(badFleet(7).withDefects(DefectShares.NONE));
    FleetSimulator bad = FleetSimulator.of(badFleet(7));
    deliveries(good);
    deliveries(bad);

    for (MeterChannel channel : good.truth().channels()) {
      assertThat(bad.truth().totals(channel).trueMj())
          .isEqualTo(good.truth().totals(channel).trueMj());
    }
  }

  @Test
  void deliveriesComeInTheOrderOfTheirTimeAndNeverBeforeTheirReading() {
    long before = Long.MIN_VALUE;
    for (Delivery delivery : deliveries(FleetSimulator.of(badFleet(3)))) {
      assertThat(delivery.deliveryTimeMillis()).isGreaterThanOrEqualTo(before);
      assertThat(delivery.eventTimeMillis()).isLessThan(delivery.deliveryTimeMillis());
      before = delivery.deliveryTimeMillis();
    }
  }

  @Test
  void perfectFleetIsComputedExactly() {
    Judged judged =
        Judged.run(
            fleet(40, 1, 30)
                .withMix(new Mix(0.3, 0.3, 0.3, 0.1, 60))
                .withDefects(DefectShares.NONE));

    Check check = judged.truth().check(judged.result().rows().values());
    assertThat(check.differences()).isEmpty();
    assertThat(check.touched()).isZero();
    assertThat(check.waiting()).isZero();
    assertThat(check.equal()).isGreaterThan(40 * 30 * 4);
    assertThat(judged.deadLetters()).isEmpty();
    assertThat(judged.result().accepted()).isEqualTo(judged.deliveries().size());
    // And nothing where there should be nothing.
    assertThat(
            judged.result().rows(OwnerKind.METER, Level.INTERVAL).stream()
                .filter(row -> row.consumption().known())
                .count())
        .isEqualTo(check.equal());
    for (MeterChannel channel : judged.truth().channels()) {
      assertThat(computed(judged, channel))
          .isEqualTo(judged.truth().totals(channel).trueMj())
          .isEqualTo(judged.truth().totals(channel).expectedMj());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void badFleetIsComputedAsPredicted(long seed) {
    Judged judged = Judged.run(badFleet(seed));
    SimulatorTruth truth = judged.truth();

    assertThat(truth.deliveries()).isEqualTo(judged.deliveries().size());
    assertThat(judged.result().accepted()).isEqualTo(truth.expectedAccepted());
    assertThat(judged.result().duplicates()).isEqualTo(truth.expectedDuplicates());
    assertThat(judged.result().late()).hasSize((int) truth.expectedLate());
    assertThat(judged.deadLetters()).isEqualTo(truth.expectedDeadLetters());
    Check check = truth.check(judged.result().rows().values());
    assertThat(check.differences()).isEmpty();
    assertThat(check.different()).isZero();
    assertThat(check.waiting()).isZero();
    assertThat(check.equal()).isGreaterThan(5 * check.touched());
    assertThat(truth.defects().values()).doesNotContain(0L);
    // Registers lose energy with a reset; they never gain any.
    for (Meter meter : judged.simulator().fleet().meters()) {
      meter
          .channels()
          .forEach(
              (channel, type) -> {
                if (type == ReadingType.REGISTER) {
                  MeterChannel id = new MeterChannel(meter.name(), channel);
                  assertThat(computed(judged, id)).isLessThanOrEqualTo(truth.totals(id).trueMj());
                }
              });
    }
  }

  @Test
  void registersKeepTheirEnergyWhenOnlyDeliveryIsBad() {
    DefectShares delivery =
        new DefectShares(0.05, 0, 0.05, 0.05, 0.1, 0, 0, 1, 0, 0, 0, 0, 0.01, 0, 0.02);
    Judged judged =
        Judged.run(fleet(16, 11, 72).withMix(new Mix(0, 0, 1, 0, 60)).withDefects(delivery));
    Map<MeterChannel, long[]> range = new HashMap<>();
    judged
        .result()
        .rows(OwnerKind.METER, Level.INTERVAL)
        .forEach(
            row -> {
              if (row.consumption().known()) {
                long[] r =
                    range.computeIfAbsent(
                        new MeterChannel(row.owner(), row.channel()),
                        id -> new long[] {row.startMillis(), row.endMillis()});
                r[1] = row.endMillis();
              }
            });

    // Between the first and the last reading that arrived, nothing is lost: shared out, not gone.
    range.forEach(
        (id, r) -> {
          long truth = 0;
          for (long s = r[0]; s < r[1]; s += 900_000) {
            truth += judged.truth().expectation(id, s).trueMj();
          }
          assertThat(computed(judged, id)).isEqualTo(truth);
        });
    assertThat(
            judged.result().rows(OwnerKind.METER, Level.INTERVAL).stream()
                .filter(row -> RowFlag.REGISTER_ROLLOVER.in(row.consumption().flags())))
        .isNotEmpty();
  }

  @Test
  void sharesAreAsConfigured() {
    SimulatorConfig config = fleet(60, 5, 120).withMix(new Mix(0.7, 0.15, 0.15, 0, 60));
    FleetSimulator simulator = FleetSimulator.of(config);
    Map<Defect, Long> counted = new EnumMap<>(Defect.class);
    long readings = 0;
    for (Delivery delivery : deliveries(simulator)) {
      counted.merge(delivery.defect(), 1L, Long::sum);
      readings += delivery.defect() == Defect.DUPLICATE ? 0 : 1;
    }
    Map<Defect, Long> defects = simulator.truth().defects();

    DefectShares shares = config.defects();
    for (Defect defect :
        List.of(
            Defect.LATE,
            Defect.OUT_OF_ORDER,
            Defect.BAD_UNIT,
            Defect.MALFORMED,
            Defect.UNKNOWN_METER,
            Defect.ABSURD_TIME,
            Defect.CONFLICT,
            Defect.SPIKE,
            Defect.MISSING)) {
      double expected = shares.of(defect) * readings;
      assertThat((double) defects.get(defect))
          .as(defect.name())
          .isCloseTo(expected, within(5 * Math.sqrt(expected) + 0.05 * expected));
      assertThat(counted.getOrDefault(defect, 0L))
          .isEqualTo(defect == Defect.MISSING ? 0 : defects.get(defect));
    }
    // One or two copies each.
    assertThat((double) defects.get(Defect.DUPLICATE) / readings)
        .isCloseTo(1.5 * shares.duplicate(), within(0.1 * shares.duplicate()));
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Paris,    2024-03-30T12:00:00Z, 2024-03-30T23:00:00Z, 23",
    "Europe/Paris,    2024-10-26T12:00:00Z, 2024-10-26T22:00:00Z, 25",
    "America/Chicago, 2024-03-09T12:00:00Z, 2024-03-10T06:00:00Z, 23",
    "America/Chicago, 2024-11-02T12:00:00Z, 2024-11-03T05:00:00Z, 25"
  })
  void daysOfTheClockChangeAreComplete(ZoneId zone, Instant start, Instant midnight, int hours) {
    SimulatorConfig config =
        SimulatorConfig.of(16, 2, start)
            .withZone(zone)
            .withEnd(start.plus(Duration.ofHours(48)))
            .withMix(new Mix(0.4, 0.3, 0.3, 0, 300));
    for (DefectShares defects : List.of(DefectShares.NONE, DefectShares.DEFAULT.times(3))) {
      Judged judged = Judged.run(config.withDefects(defects));

      assertThat(judged.truth().check(judged.result().rows().values()).differences()).isEmpty();
      assertThat(judged.deadLetters()).isEqualTo(judged.truth().expectedDeadLetters());
      assertThat(judged.result().duplicates()).isEqualTo(judged.truth().expectedDuplicates());
      for (MeterChannel channel : judged.truth().channels()) {
        ConsumptionRow day =
            judged.result().meterRow(channel.meter(), channel.channel(), Level.DAY, midnight);
        assertThat(day.consumption().expectedMillis()).isEqualTo(hours * 3_600_000L);
        if (defects == DefectShares.NONE) {
          assertThat(day.consumption().coverage()).isEqualTo(1);
          long truth = 0;
          for (int quarter = 0; quarter < 4 * hours; quarter++) {
            long s = midnight.toEpochMilli() + quarter * 900_000L;
            truth += judged.truth().expectation(channel, s).trueMj();
          }
          assertThat(day.consumption().energyMj()).isEqualTo(truth);
        }
      }
    }
  }

  @Test
  void groupsFollowTheBuildingThatMoves() {
    Judged judged = Judged.run(fleet(24, 4, 72).withDefects(DefectShares.NONE));
    MeterDirectory directory = judged.simulator().fleet().toDirectory();

    assertThat(directory.groupsOf("m000001", START.toEpochMilli()))
        .containsExactly("site-0001", "feeder-0001", "region-0001");
    assertThat(directory.groupsOf("m000001", START.plus(Duration.ofDays(2)).toEpochMilli()))
        .containsExactly("site-0001", "feeder-0002", "region-0001");
    for (ConsumptionRow row : judged.result().rows(OwnerKind.GROUP, Level.INTERVAL)) {
      long members = 0;
      for (MeterChannel channel : judged.truth().channels()) {
        if (channel.channel().equals(row.channel())
            && directory.groupsOf(channel.meter(), row.startMillis()).contains(row.owner())) {
          Expectation expectation = judged.truth().expectation(channel, row.startMillis());
          members += expectation == null ? 0 : expectation.trueMj();
        }
      }
      assertThat(row.consumption().energyMj()).isEqualTo(members);
    }
  }

  @Test
  void surplusOfTheRoofGoesToTheExportChannel() {
    SimulatorConfig config =
        SimulatorConfig.of(20, 9, Instant.parse("2024-06-10T00:00:00Z"))
            .withEnd(Instant.parse("2024-06-13T00:00:00Z"))
            .withMix(new Mix(1, 0, 0, 0, 60))
            .withDefects(DefectShares.NONE);
    FleetSimulator simulator = FleetSimulator.of(config);
    deliveries(simulator);
    long exported = 0;
    long imported = 0;
    for (MeterChannel channel : simulator.truth().channels()) {
      long energy = simulator.truth().totals(channel).trueMj();
      if (channel.channel().equals("export")) {
        exported += energy;
        // Nothing from a roof at night: midnight UTC is two o'clock in Paris.
        assertThat(simulator.truth().expectation(channel, config.start().toEpochMilli()).trueMj())
            .isZero();
      } else {
        imported += energy;
      }
    }
    assertThat(exported).isPositive();
    assertThat(imported).isPositive();
  }

  @Test
  void truthIsOpenUntilEverythingIsDelivered() {
    FleetSimulator simulator = FleetSimulator.of(badFleet(6));
    for (int i = 0; i < 5_000; i++) {
      simulator.next();
    }
    Check early = simulator.truth().check(List.of());
    deliveries(simulator);
    Check end = simulator.truth().check(List.of());

    assertThat(early.waiting()).isPositive();
    assertThat(end.waiting()).isZero();
    assertThat(end.different()).isPositive();
    assertThat(end.differences().get(0)).contains("found no row");
  }

  private static long computed(Judged judged, MeterChannel channel) {
    return judged.result().rows(OwnerKind.METER, Level.INTERVAL).stream()
        .filter(
            row -> row.owner().equals(channel.meter()) && row.channel().equals(channel.channel()))
        .mapToLong(row -> row.consumption().energyMj())
        .sum();
  }
}
