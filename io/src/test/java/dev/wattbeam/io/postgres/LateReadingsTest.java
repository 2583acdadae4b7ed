package dev.wattbeam.io.postgres;

import static dev.wattbeam.io.postgres.Samples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.postgres.LateReadings.ToRepair;
import dev.wattbeam.model.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LateReadingsTest {
  private static final LateReadingFilter ALL =
      new LateReadingFilter("readings", Set.of(), null, null);

  private TestDatabase database;
  private PostgresConfig config;

  @BeforeEach
  void fill() {
    database = TestDatabase.migrated();
    config = database.pipeline();
    insert("readings", 1, "b", "2024-01-01T00:00:00Z");
    insert("readings", 2, "a", "2024-01-02T00:00:00Z");
    insert("readings", 3, "a", "2024-01-01T00:00:00Z");
    insert("other", 1, "a", "2024-01-01T00:00:00Z");
  }

  private void insert(String source, int position, String meter, String time) {
    TestDatabase.execute(
        config,
        String.format(
            "INSERT INTO wattbeam.late_readings (source, partition, position, meter, channel, type,"
                + " unit, time, value, duration_ms, sequence, quality, lateness_ms) VALUES ('%s',"
                + " 0, %d, '%s', 'import', 'power', 'kW', '%s', 1, 0, -1, 'valid', 90000000)",
            source, position, meter, time));
  }

  private List<Long> positions(LateReadingFilter filter) {
    return LateReadings.toRepair(config, filter).stream()
        .map(late -> late.origin().position())
        .toList();
  }

  @Test
  void areFoundByMeterAndTime() {
    assertThat(LateReadings.toRepair(config, ALL))
        .containsExactly(
            new ToRepair(new Origin("readings", 0, 3), "a", millis("2024-01-01T00:00:00Z")),
            new ToRepair(new Origin("readings", 0, 2), "a", millis("2024-01-02T00:00:00Z")),
            new ToRepair(new Origin("readings", 0, 1), "b", millis("2024-01-01T00:00:00Z")));
    Instant second = Instant.parse("2024-01-02T00:00:00Z");
    assertThat(positions(new LateReadingFilter("readings", Set.of("b", "c"), null, null)))
        .containsExactly(1L);
    assertThat(positions(new LateReadingFilter("readings", Set.of(), second, null)))
        .containsExactly(2L);
    assertThat(positions(new LateReadingFilter("readings", Set.of("a"), null, second)))
        .containsExactly(3L);
    assertThat(positions(new LateReadingFilter("nothing", Set.of(), null, null))).isEmpty();
  }

  @Test
  void areMarkedOnce() {
    LateReadings.markRepaired(config, List.of(new Origin("readings", 0, 3)));
    assertThat(positions(ALL)).containsExactly(2L, 1L);
    List<String> marked =
        database.query(
            "SELECT source, position, repaired_at FROM wattbeam.late_readings"
                + " WHERE repaired_at IS NOT NULL");
    assertThat(marked).singleElement().asString().startsWith("readings|3|");
    LateReadings.markRepaired(
        config, List.of(new Origin("readings", 0, 3), new Origin("readings", 9, 9)));
    assertThat(
            database.query(
                "SELECT source, position, repaired_at FROM wattbeam.late_readings"
                    + " WHERE repaired_at IS NOT NULL"))
        .isEqualTo(marked);
    LateReadings.markRepaired(config, List.of());
    assertThat(positions(ALL)).hasSize(2);
  }
}
