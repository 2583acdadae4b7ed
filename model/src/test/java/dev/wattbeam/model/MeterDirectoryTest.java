package dev.wattbeam.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeterDirectoryTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final MeterType TYPE = MeterType.generic("household");
  private static final Map<String, ReadingType> IMPORT = Map.of("import", ReadingType.POWER);

  private static Meter meter(String name, long from, long to) {
    return new Meter(name, TYPE, PARIS, IMPORT, Meter.MULTIPLIER_ONE, from, to);
  }

  private static Group group(String name) {
    return new Group(name, "site", PARIS);
  }

  private static Membership member(String meter, String group, long from, long to) {
    return new Membership(true, meter, group, from, to);
  }

  @Test
  void anEntryHoldsFromItsStartToBeforeItsEnd() {
    MeterDirectory directory =
        new MeterDirectory(
            List.of(meter("m1", 100, 200), meter("m1", 200, 300), meter("m1", 400, 500)),
            List.of(),
            List.of());
    assertThat(directory.meterAt("m1", 99)).isNull();
    assertThat(directory.meterAt("m1", 100).validFromMillis()).isEqualTo(100);
    assertThat(directory.meterAt("m1", 199).validFromMillis()).isEqualTo(100);
    assertThat(directory.meterAt("m1", 200).validFromMillis()).isEqualTo(200);
    assertThat(directory.meterAt("m1", 300)).as("out of service").isNull();
    assertThat(directory.meterAt("m1", 400)).isNotNull();
    assertThat(directory.meterAt("m2", 150)).isNull();
    assertThat(directory.knows("m1")).isTrue();
    assertThat(directory.knows("m2")).isFalse();
    assertThat(directory.anyVersion("m1")).isNotNull();
    assertThat(directory.anyVersion("m2")).isNull();
  }

  @Test
  void parentsChangeAtRunTime() {
    MeterDirectory directory =
        new MeterDirectory(
            List.of(meter("m1", Long.MIN_VALUE, Long.MAX_VALUE)),
            List.of(group("north"), group("south"), group("all")),
            List.of(
                member("m1", "north", Long.MIN_VALUE, 1_000),
                member("m1", "south", 1_000, Long.MAX_VALUE),
                Membership.ofGroup("north", "all"),
                new Membership(false, "south", "all", 0, 2_000)));
    assertThat(directory.groupsOf("m1", 999)).containsExactly("north", "all");
    assertThat(directory.groupsOf("m1", 1_000)).containsExactly("south", "all");
    assertThat(directory.groupsOf("m1", 2_000)).containsExactly("south");
    assertThat(directory.groupsOf("nobody", 0)).isEmpty();
    assertThat(directory.memberCount("north", "import", 999)).isEqualTo(1);
    assertThat(directory.memberCount("north", "import", 1_000)).isZero();
    assertThat(directory.memberCount("all", "import", 1_500)).isEqualTo(1);
    assertThat(directory.memberCount("all", "import", 2_000)).isZero();
  }

  /** Two ways up to one group: the meter is there once, and counts once. */
  @Test
  void aMeterCountsOnceHoweverOftenItIsBelow() {
    MeterDirectory directory =
        new MeterDirectory(
            List.of(meter("m1", 0, Long.MAX_VALUE), meter("m2", 0, 500)),
            List.of(group("a"), group("b"), group("top")),
            List.of(
                Membership.ofMeter("m1", "a"),
                Membership.ofMeter("m1", "b"),
                Membership.ofMeter("m1", "top"),
                Membership.ofMeter("m2", "b"),
                Membership.ofGroup("a", "top"),
                Membership.ofGroup("b", "top")));
    assertThat(directory.groupsOf("m1", 0)).containsExactlyInAnyOrder("a", "b", "top");
    assertThat(directory.memberCount("top", "import", 0)).isEqualTo(2);
    assertThat(directory.memberCount("top", "import", 500)).as("m2 out of service").isEqualTo(1);
    assertThat(directory.memberCount("top", "import", -1)).as("nobody yet").isZero();
    assertThat(directory.memberCount("top", "export", 0)).as("no such channel").isZero();
  }

  @Test
  void circlesAndUnknownGroupsAreNamedTogether() {
    List<Membership> memberships =
        List.of(
            Membership.ofGroup("a", "b"),
            Membership.ofGroup("b", "c"),
            Membership.ofGroup("c", "a"),
            Membership.ofGroup("d", "d"),
            Membership.ofMeter("m1", "nowhere"));
    assertThatThrownBy(
            () ->
                new MeterDirectory(
                    List.of(),
                    List.of(group("a"), group("b"), group("c"), group("d")),
                    memberships))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("m1 belongs to the unknown group nowhere")
        .hasMessageContaining("group a is above itself")
        .hasMessageContaining("group b is above itself")
        .hasMessageContaining("group c is above itself")
        .hasMessageContaining("group d is above itself");
  }

  @Test
  void aGroupBelowACircleIsNoPartOfIt() {
    assertThatThrownBy(
            () ->
                new MeterDirectory(
                    List.of(),
                    List.of(group("a"), group("b"), group("leaf")),
                    List.of(
                        Membership.ofGroup("leaf", "a"),
                        Membership.ofGroup("a", "b"),
                        Membership.ofGroup("b", "a"))))
        .hasMessageContaining("group a is above itself")
        .hasMessageNotContaining("leaf is above itself");
  }

  @Test
  void namesOfMetersAndGroupsMayBeTheSame() {
    MeterDirectory directory =
        new MeterDirectory(
            List.of(meter("x", 0, 10)), List.of(group("x")), List.of(Membership.ofMeter("x", "x")));
    assertThat(directory.groupsOf("x", 5)).containsExactly("x");
    assertThat(directory.memberCount("x", "import", 5)).isEqualTo(1);
    assertThat(directory.group("x").kind()).isEqualTo("site");
    assertThat(directory.group("y")).isNull();
  }

  @Test
  void theEmptyDirectoryKnowsNothing() {
    assertThat(MeterDirectory.EMPTY.knows("m")).isFalse();
    assertThat(MeterDirectory.EMPTY.groupsOf("m", 0)).isEmpty();
    assertThat(MeterDirectory.EMPTY.memberCount("g", "import", 0)).isZero();
  }
}
