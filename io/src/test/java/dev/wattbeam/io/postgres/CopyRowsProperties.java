package dev.wattbeam.io.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What is sent in the binary format is what the server has. */
class CopyRowsProperties {
  private static TestDatabase database;

  @BeforeContainer
  static void migrate() {
    database = TestDatabase.migrated();
  }

  @Property(tries = 15)
  void valuesSurvive(
      @ForAll @Size(min = 40, max = 40) List<Long> numbers,
      @ForAll @Size(min = 40, max = 40)
          List<@LongRange(min = -60_000_000_000_000L, max = 250_000_000_000_000L) Long> times,
      @ForAll @Size(min = 40, max = 40) List<String> texts)
      throws SQLException {
    database.execute("TRUNCATE wattbeam.late_readings");
    List<LateReading> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(
          new LateReading(
              new Reading(
                  texts.get(i),
                  "import",
                  ReadingType.POWER,
                  times.get(i),
                  numbers.get(i),
                  0,
                  numbers.get(i),
                  Quality.VALID),
              new Origin("topic", 0, i),
              0));
    }
    assertThat(database.write(database.owner(), Tables.LATE_READINGS, rows).rows).isEqualTo(40);
    try (Connection connection = PostgresDatabase.connect(database.owner());
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT meter, time, value, sequence FROM wattbeam.late_readings"
                    + " ORDER BY position")) {
      for (int i = 0; found.next(); i++) {
        assertThat(found.getBytes(1)).isEqualTo(stored(texts.get(i)));
        assertThat(found.getObject(2, OffsetDateTime.class).toInstant())
            .isEqualTo(Instant.ofEpochMilli(times.get(i)));
        assertThat(found.getBigDecimal(3)).isEqualTo(BigDecimal.valueOf(numbers.get(i), 9));
        assertThat(found.getLong(4)).isEqualTo(numbers.get(i));
      }
    }
  }

  private static byte[] stored(String text) {
    return text.replace('\0', '\uFFFD').getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
