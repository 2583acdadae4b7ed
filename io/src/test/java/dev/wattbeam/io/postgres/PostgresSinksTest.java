package dev.wattbeam.io.postgres;

import static dev.wattbeam.io.postgres.Samples.millis;
import static dev.wattbeam.io.postgres.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sinks in pipelines of the Direct runner, with the pipelines' rights. */
class PostgresSinksTest {
  private static final long NOON = millis("2024-03-01T12:00:00Z");

  private TestDatabase database;
  private PostgresConfig config;

  @BeforeEach
  void migrate() {
    database = TestDatabase.migrated();
    config = database.pipeline();
  }

  private static Pipeline pipeline() {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs("--targetParallelism=2").withValidation().create());
  }

  private static MetricQueryResults run(Pipeline pipeline) {
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder()
                .addNameFilter(MetricNameFilter.inNamespace("wattbeam"))
                .build());
  }

  @Test
  void consumption() {
    List<ConsumptionRows> elements = new ArrayList<>();
    for (int meter = 0; meter < 30; meter++) {
      List<ConsumptionRow> rows = new ArrayList<>();
      for (OwnerKind kind : OwnerKind.values()) {
        for (Level level : Level.values()) {
          for (int revision = 1; revision <= 3; revision++) {
            rows.add(row(kind, "m" + meter, level, NOON, 1000 + revision, revision));
          }
        }
      }
      elements.add(new ConsumptionRows(rows));
    }
    for (int again = 0; again < 2; again++) {
      Pipeline pipeline = pipeline();
      pipeline.apply("Read", Create.of(elements)).apply("Write", WriteConsumption.to(config));
      MetricQueryResults metrics = run(pipeline);
      long upserted = 0;
      for (MetricResult<Long> counter : metrics.getCounters()) {
        assertThat(counter.getName().getName()).startsWith("postgres_rows_upserted_");
        upserted += counter.getCommitted();
      }
      assertThat(upserted).isEqualTo(again == 0 ? 240 : 0);
      assertThat(metrics.getDistributions())
          .singleElement()
          .satisfies(d -> assertThat(d.getName().getName()).isEqualTo("postgres_flush_millis"));
    }
    for (String table :
        List.of("intervals", "days", "group_hours", "group_months", "months", "hours")) {
      assertThat(
              database.query(
                  "SELECT count(*), sum(energy_mj), max(revision) FROM wattbeam." + table))
          .containsExactly("30|30090|3");
    }
  }

  @Test
  void latestValues() {
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      readings.add(
          Reading.of("m" + i % 5, "import", ReadingType.POWER, NOON + i * 1000, i * 1_000_000L, 0));
    }
    Pipeline pipeline = pipeline();
    pipeline.apply("Read", Create.of(readings)).apply("Write", WriteLatestValues.to(config));
    run(pipeline);
    assertThat(
            database.query(
                "SELECT meter, time, value::float8 FROM wattbeam.latest_values ORDER BY 1"))
        .hasSize(5)
        .contains("m4|2024-03-01 12:01:39+00|0.099");
  }

  @Test
  void deadLetters() {
    List<DeadLetter> letters = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      letters.add(
          new DeadLetter(
              "monitor-consumption",
              "ParseReadings",
              i % 2 == 0 ? DeadLetterCode.EMPTY_MESSAGE : DeadLetterCode.INVALID_VALUE,
              "value is NaN",
              "{\"value\":NaN}",
              new Origin("readings", 1, i / 4),
              NOON));
    }
    Pipeline pipeline = pipeline();
    pipeline.apply("Read", Create.of(letters)).apply("Write", WriteDeadLetters.to(config));
    run(pipeline);
    assertThat(
            database.query("SELECT code, rejected FROM wattbeam.rejected_by_reason ORDER BY code"))
        .containsExactly("EMPTY_MESSAGE|10", "INVALID_VALUE|10");
  }

  @Test
  void lateReadings() {
    Reading reading = Reading.of("m1", "import", ReadingType.INTERVAL, NOON, 250_000_000, 900_000);
    List<LateReading> late = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      late.add(new LateReading(reading, new Origin("readings", 0, i / 2), 90_000_000));
    }
    Pipeline pipeline = pipeline();
    pipeline.apply("Read", Create.of(late)).apply("Write", WriteLateReadings.to(config));
    run(pipeline);
    assertThat(
            database.query(
                "SELECT count(*), sum(value)::float8, min(unit) FROM wattbeam.late_readings"))
        .containsExactly("5|1.25|kWh");
  }

  @Test
  void aDatabaseThatStaysAwayFailsThePipelineClearly() {
    PostgresConfig nowhere =
        PostgresConfig.of("jdbc:postgresql://127.0.0.1:1/wattbeam", "u", "p")
            .withRetryFor(Duration.ofMillis(300));
    Pipeline pipeline = pipeline();
    pipeline
        .apply(
            "Read",
            Create.of(
                new ConsumptionRows(List.of(row(OwnerKind.METER, "m", Level.HOUR, NOON, 1, 1)))))
        .apply("Write", WriteConsumption.to(nowhere));
    assertThatThrownBy(() -> run(pipeline))
        .hasRootCauseInstanceOf(java.io.IOException.class)
        .hasMessageContaining("Gave up writing 1 rows to hours after")
        .hasMessageContaining("PostgreSQL at 127.0.0.1:1/wattbeam does not answer");
  }
}
