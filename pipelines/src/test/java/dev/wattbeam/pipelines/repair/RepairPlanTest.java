package dev.wattbeam.pipelines.repair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.postgres.LateReadings.ToRepair;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.transforms.repair.TimeSpans;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RepairPlanTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");
  private static final Instant ALL_CLOSED = Instant.parse("2030-01-01T00:00:00Z");
  private static final long MARGIN = Duration.ofDays(6).toMillis();

  private static final MeterDirectory DIRECTORY =
      new MeterDirectory(
          List.of(meter("alone"), meter("a"), meter("b"), meter("gone"), meter("elsewhere")),
          List.of(
              new Group("house", "household", PARIS),
              new Group("region", "region", CHICAGO),
              new Group("other", "household", PARIS)),
          List.of(
              Membership.ofMeter("a", "house"),
              new Membership(true, "gone", "house", Long.MIN_VALUE, 0),
              Membership.ofMeter("b", "region"),
              Membership.ofGroup("house", "region"),
              Membership.ofMeter("elsewhere", "other")));

  private static Meter meter(String name) {
    return Meter.of(name, MeterType.generic("any"), PARIS, Map.of("import", ReadingType.POWER));
  }

  private static ToRepair late(int position, String meter, String time) {
    return new ToRepair(new Origin("readings", 0, position), meter, millis(time));
  }

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  private static TimeSpans spans(String start, String end) {
    return new TimeSpans.Builder().add(millis(start), millis(end)).build();
  }

  private static RepairPlan plan(Instant closedBefore, ToRepair... late) {
    return RepairPlan.of(List.of(late), DIRECTORY, closedBefore);
  }

  @Test
  void aMeterWithoutGroupTouchesItsLocalMonth() {
    RepairPlan plan = plan(ALL_CLOSED, late(1, "alone", "2024-03-15T12:00:00Z"));
    TimeSpans march = spans("2024-02-29T23:00:00Z", "2024-03-31T22:00:00Z");
    assertThat(plan.meterMonths()).containsExactlyEntriesOf(Map.of("alone", march));
    assertThat(plan.groupMonths()).isEmpty();
    assertThat(plan.meters()).containsExactly("alone");
    assertThat(plan.times()).isEqualTo(new TimeSpans.Builder().add(march, MARGIN).build());
    assertThat(plan.closed()).containsExactly(new Origin("readings", 0, 1));
  }

  @Test
  void nearTheEndOfAMonthItTouchesTwo() {
    assertThat(plan(ALL_CLOSED, late(1, "alone", "2024-03-28T12:00:00Z")).meterMonths())
        .containsEntry("alone", spans("2024-02-29T23:00:00Z", "2024-04-30T22:00:00Z"));
    assertThat(plan(ALL_CLOSED, late(1, "alone", "2024-03-02T12:00:00Z")).meterMonths())
        .containsEntry("alone", spans("2024-01-31T23:00:00Z", "2024-03-31T22:00:00Z"));
  }

  @Test
  void groupsTouchMonthsOfTheirOwnAndNeedAllWhoWereEverMembers() {
    RepairPlan plan = plan(ALL_CLOSED, late(1, "a", "2024-03-15T12:00:00Z"));
    assertThat(plan.meterMonths()).containsOnlyKeys("a");
    assertThat(plan.groupMonths())
        .containsOnly(
            Map.entry("house", spans("2024-02-29T23:00:00Z", "2024-03-31T22:00:00Z")),
            Map.entry("region", spans("2024-03-01T06:00:00Z", "2024-04-01T05:00:00Z")));
    assertThat(plan.meters()).containsExactlyInAnyOrder("a", "b", "gone");
    assertThat(plan.times())
        .isEqualTo(
            new TimeSpans.Builder()
                .add(spans("2024-02-29T23:00:00Z", "2024-04-01T05:00:00Z"), MARGIN)
                .build());
  }

  @Test
  void monthsFarApartAreReadWithoutWhatIsBetweenThem() {
    RepairPlan plan =
        plan(
            ALL_CLOSED,
            late(1, "alone", "2023-03-15T12:00:00Z"),
            late(2, "alone", "2024-03-15T12:00:00Z"));
    assertThat(plan.times().first()).isEqualTo(millis("2023-02-28T23:00:00Z") - MARGIN);
    assertThat(plan.times().contains(millis("2023-04-05T00:00:00Z"))).isTrue();
    assertThat(plan.times().contains(millis("2023-09-01T00:00:00Z"))).isFalse();
    assertThat(plan.meterMonths().get("alone").contains(millis("2024-03-20T00:00:00Z"))).isTrue();
  }

  @Test
  void onlyReadingsOfClosedMonthsAreMarked() {
    ToRepair[] late = {
      late(1, "a", "2024-02-15T12:00:00Z"),
      late(2, "a", "2024-02-27T12:00:00Z"),
      late(3, "unknown", "2024-01-01T12:00:00Z")
    };
    // March is over in Paris, but not for the region in Chicago.
    RepairPlan open = plan(Instant.parse("2024-03-31T23:00:00Z"), late);
    assertThat(open.closed()).containsExactly(new Origin("readings", 0, 1));
    assertThat(open.open()).isEqualTo(1);
    assertThat(open.unknown()).isEqualTo(1);
    RepairPlan closed = plan(Instant.parse("2024-04-01T05:00:00Z"), late);
    assertThat(closed.closed()).hasSize(2);
    assertThat(closed.meterMonths()).isEqualTo(open.meterMonths());
  }

  @Test
  void withoutLateReadingsThereIsNothingToDo() {
    assertThat(plan(ALL_CLOSED).isEmpty()).isTrue();
    assertThat(plan(ALL_CLOSED, late(1, "unknown", "2024-01-01T12:00:00Z")).isEmpty()).isTrue();
  }
}
