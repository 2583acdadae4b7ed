package dev.wattbeam.io.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.model.Level;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraConfigTest {
  private final List<String> errors = new ArrayList<>();

  private CassandraConfig config(String password, String... arguments) {
    CassandraOptions options =
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(CassandraOptions.class);
    return CassandraConfig.from(
        options, name -> name.equals("WATTBEAM_CASSANDRA_PASSWORD") ? password : null, errors);
  }

  @Test
  void isNotAskedForByDefault() {
    assertThat(config("unused")).isNull();
    assertThat(errors).isEmpty();
  }

  @Test
  void hasDefaults() {
    assertThat(
            config(null, "--cassandraContactPoints=c1:9042", "--cassandraDatacenter=datacenter1"))
        .isEqualTo(CassandraConfig.of("c1:9042", "datacenter1", "wattbeam"));
    assertThat(errors).isEmpty();
  }

  @Test
  void takesEveryOption(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "from file\n");
    CassandraConfig config =
        config(
            "from environment",
            "--cassandraContactPoints=c1:9042, [::1]:9043",
            "--cassandraDatacenter=eu",
            "--cassandraKeyspace=energy_2",
            "--cassandraUser=u",
            "--cassandraPasswordFile=" + file,
            "--cassandraTls=true",
            "--cassandraRetryFor=PT1M30S");
    assertThat(errors).isEmpty();
    assertThat(config)
        .isEqualTo(
            new CassandraConfig(
                List.of("c1:9042", "[::1]:9043"),
                "eu",
                "energy_2",
                "u",
                "from file",
                true,
                Duration.ofSeconds(90)));
    assertThat(config.toString()).contains("c1:9042").doesNotContain("from file");
    assertThat(SerializableUtils.ensureSerializable(config)).isEqualTo(config);
  }

  @Test
  void namesAllThatIsWrong() {
    assertThat(
            config(
                null,
                "--cassandraContactPoints=c1,c2:0,c3:9042",
                "--cassandraKeyspace=Energy",
                "--cassandraUser=u",
                "--cassandraRetryFor=long"))
        .isNull();
    assertThat(errors)
        .hasSize(6)
        .allSatisfy(error -> assertThat(error).startsWith("--cassandra").hasLineCount(1));
    errors.clear();
    assertThat(config(null, "--cassandraDatacenter=eu")).isNull();
    assertThat(errors).singleElement().asString().startsWith("--cassandraContactPoints is missing");
  }

  @Test
  void aPartitionIsAMonthOfIntervalsOrAYear() {
    long start = Instant.parse("2024-05-31T23:45:00Z").toEpochMilli();
    assertThat(CassandraStore.periodOf(Level.INTERVAL, start)).isEqualTo(LocalDate.of(2024, 5, 1));
    for (Level level : List.of(Level.HOUR, Level.DAY, Level.MONTH)) {
      assertThat(CassandraStore.periodOf(level, start)).isEqualTo(LocalDate.of(2024, 1, 1));
    }
  }

  @Test
  void preferenceSortsAsBytes() {
    List<Reading> readings = new ArrayList<>();
    for (long sequence : new long[] {-1, 0, 127, 128, Long.MAX_VALUE}) {
      for (Quality quality : Quality.values()) {
        for (long duration : new long[] {0, 255, 256}) {
          for (long value : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
            readings.add(
                new Reading("m", "c", ReadingType.POWER, 5, value, duration, sequence, quality));
          }
        }
      }
    }
    List<Reading> byBytes = new ArrayList<>(readings);
    byBytes.sort(
        (one, other) ->
            Arrays.compareUnsigned(
                CassandraStore.preference(one).array(), CassandraStore.preference(other).array()));
    readings.sort(Reading.NEWEST_LAST);
    assertThat(byBytes).isEqualTo(readings);
  }

  @Test
  void hasATypeOrTablePerStatement() {
    assertThat(CassandraTables.statements())
        .hasSize(11)
        .allMatch(statement -> statement.matches("(?s)CREATE (TYPE|TABLE) IF NOT EXISTS \\w+ .*"));
  }
}
