package dev.wattbeam.io.postgres;

import static dev.wattbeam.io.postgres.Samples.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.DayRules;
import dev.wattbeam.model.Group;
import dev.wattbeam.model.Membership;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingType;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeterDirectoryTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final MeterType FULL =
      new MeterType(
          "five digits",
          9_000_000_001L,
          900_000,
          100_000_000_000_000L,
          LocalTime.of(23, 59, 30),
          LocalTime.of(0, 0, 30, 123_456_000),
          true,
          new DayRules(1, 2, 3, 4, 5, 6));
  private static final long CHANGE = millis("2024-05-01T10:00:00Z");

  private TestDatabase database;
  private PostgresConfig config;
  private MeterDirectoryStore store;

  @BeforeEach
  void migrate() {
    database = TestDatabase.migrated();
    config = database.pipeline();
    store = MeterDirectoryStore.of(config);
  }

  private static DirectoryEntries entries() {
    Map<String, ReadingType> all =
        Map.of(
            "import", ReadingType.REGISTER,
            "export", ReadingType.INTERVAL,
            "submeter-1", ReadingType.POWER);
    return new DirectoryEntries(
        List.of(
            new Meter("'; DROP TABLE wattbeam.meters; --", FULL, PARIS, Map.of(), 1, 5, 6),
            new Meter("m1", FULL, PARIS, all, 40_500_000, Long.MIN_VALUE, CHANGE),
            new Meter(
                "m1",
                MeterType.generic("plain"),
                ZoneId.of("+05:30"),
                Map.of("import", ReadingType.POWER),
                Meter.MULTIPLIER_ONE,
                CHANGE,
                Long.MAX_VALUE),
            Meter.of("m2", MeterType.generic("plain"), PARIS, all)),
        List.of(new Group("feeder é", "feeder", PARIS), new Group("region", "region", PARIS)),
        List.of(
            Membership.ofGroup("feeder é", "region"),
            new Membership(true, "m1", "feeder é", Long.MIN_VALUE, CHANGE),
            new Membership(true, "m1", "region", CHANGE, Long.MAX_VALUE),
            Membership.ofMeter("m2", "feeder é")));
  }

  @Test
  void everyFieldSurvivesTheRoundTrip() {
    store.save(entries());
    assertThat(store.load()).isEqualTo(entries());
    store.save(entries());
    assertThat(store.load()).isEqualTo(entries());
    assertThat(
            database.query(
                "SELECT valid_from, valid_to, multiplier FROM wattbeam.meters WHERE name = 'm1'"
                    + " ORDER BY 1"))
        .containsExactly(
            "-infinity|2024-05-01 10:00:00+00|40.500000",
            "2024-05-01 10:00:00+00|infinity|1.000000");
  }

  @Test
  void replacesEntriesOfTheSameKey() {
    store.save(entries());
    Meter changed =
        Meter.of(
            "m2",
            MeterType.generic("plain").withMaxPower(5),
            ZoneId.of("UTC"),
            Map.of("heat", ReadingType.POWER));
    // The later of two entries with one key counts.
    store.save(
        new DirectoryEntries(
            List.of(Meter.of("m2", changed.type(), PARIS, Map.of()), changed),
            List.of(new Group("region", "grid", ZoneId.of("UTC"))),
            List.of(new Membership(true, "m2", "feeder é", Long.MIN_VALUE, CHANGE))));
    DirectoryEntries loaded = store.load();
    assertThat(loaded.meters()).hasSize(4).contains(changed);
    assertThat(loaded.groups()).contains(new Group("region", "grid", ZoneId.of("UTC")));
    assertThat(loaded.memberships())
        .hasSize(4)
        .contains(new Membership(true, "m2", "feeder é", Long.MIN_VALUE, CHANGE));
  }

  @Test
  void savesManyMeters() {
    List<Meter> meters = new ArrayList<>();
    for (int i = 0; i < 5_001; i++) {
      meters.add(
          Meter.of(
              "m" + i, MeterType.generic("plain"), PARIS, Map.of("import", ReadingType.POWER)));
    }
    store.save(DirectoryEntries.ofMeters(meters));
    assertThat(store.load().meters()).containsExactlyInAnyOrderElementsOf(meters);
  }

  @Test
  void refusesTwoTypesOfOneName() {
    assertThatThrownBy(
            () ->
                store.save(
                    DirectoryEntries.ofMeters(
                        List.of(
                            Meter.of("a", MeterType.generic("t"), PARIS, Map.of()),
                            Meter.of(
                                "b", MeterType.generic("t").withMaxPower(1), PARIS, Map.of())))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("meter b has another meter type named t");
  }

  @Test
  void aRefusedEntryLeavesNothingBehind() {
    assertThatThrownBy(
            () ->
                store.save(
                    new DirectoryEntries(
                        entries().meters(),
                        List.of(),
                        List.of(Membership.ofMeter("m1", "no such group")))))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("no such group");
    assertThat(store.load().meters()).isEmpty();
  }

  @Test
  void namesWhatMakesNoSense() {
    store.save(entries());
    database.execute("UPDATE wattbeam.meters SET zone = 'Mars/Olympus' WHERE name = 'm2'");
    database.execute("UPDATE wattbeam.groups SET zone = 'Nowhere' WHERE name = 'region'");
    assertThatThrownBy(store::load)
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("meter m2 has the unknown time zone Mars/Olympus")
        .hasMessageContaining("group region has the unknown time zone Nowhere");
  }

  @Test
  void theDirectoryFollowsTheTablesAndSurvivesAFailure() throws InterruptedException {
    store.save(entries());
    PostgresMeterDirectory directory =
        SerializableUtils.ensureSerializable(
            PostgresMeterDirectory.of(config.withDirectoryRefresh(Duration.ofMillis(50))));
    MeterDirectory first = directory.snapshot();
    assertThat(first.groupsOf("m2", CHANGE)).containsExactly("feeder é", "region");
    store.save(
        DirectoryEntries.ofMeters(
            List.of(Meter.of("m3", MeterType.generic("plain"), PARIS, Map.of()))));
    MeterDirectory second = changed(directory, first);
    assertThat(second.knows("m3")).isTrue();
    database.execute("ALTER TABLE wattbeam.groups RENAME TO gone");
    Thread.sleep(300);
    assertThat(directory.snapshot()).isSameAs(directory.snapshot());
    assertThat(directory.snapshot().knows("m3")).isTrue();
    database.execute("ALTER TABLE wattbeam.gone RENAME TO groups");
    database.execute("DELETE FROM wattbeam.meters WHERE name = 'm3'");
    MeterDirectory last = directory.snapshot();
    for (int i = 0; i < 100 && last.knows("m3"); i++) {
      Thread.sleep(50);
      last = directory.snapshot();
    }
    assertThat(last.knows("m3")).isFalse();
  }

  private static MeterDirectory changed(PostgresMeterDirectory directory, MeterDirectory old)
      throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      MeterDirectory now = directory.snapshot();
      if (now != old && now.knows("m3")) {
        return now;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("The directory was not read again");
  }

  @Test
  void theFirstReadingFailsClearly() {
    TestDatabase empty = TestDatabase.empty();
    assertThatThrownBy(() -> PostgresMeterDirectory.of(empty.owner()).snapshot())
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("reading the meter directory")
        .hasMessageContaining("wattbeam.meter_types");
    database.execute("INSERT INTO wattbeam.groups VALUES ('a', 'x', 'UTC'), ('b', 'x', 'UTC')");
    database.execute(
        "INSERT INTO wattbeam.memberships VALUES ('group', 'a', 'b'), ('group', 'b', 'a')");
    assertThatThrownBy(() -> PostgresMeterDirectory.of(config).snapshot())
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("group a is above itself");
  }
}
