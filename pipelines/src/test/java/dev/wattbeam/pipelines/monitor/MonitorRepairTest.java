package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import dev.wattbeam.pipelines.repair.RepairConsumption;
import dev.wattbeam.pipelines.repair.RepairOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From late readings, an archive and a topic to tables as if nothing had been late. */
final class MonitorRepairTest {
  private static final SequentialModel.Limits NEVER_LATE =
      SequentialModel.Limits.DEFAULT.withAllowedLateness(SequentialModel.Limits.UNLIMITED);

  /** The tables that a repair writes to. */
  private static final List<String> CONSUMPTION =
      List.of(
          "intervals",
          "hours",
          "days",
          "months",
          "group_intervals",
          "group_hours",
          "group_days",
          "group_months");

  @TempDir Path folder;

  private static Tables consumption(Tables tables, UnaryOperator<String> change) {
    SortedMap<String, Collection<String>> lines = new TreeMap<>();
    for (String table : CONSUMPTION) {
      lines.put(table, tables.lines().get(table).stream().map(change).sorted().toList());
    }
    return new Tables(lines);
  }

  /** A line without its revision, and without the flag that only rivals have. */
  private static String withoutHistory(String line) {
    String[] values = line.split("\\|", -1);
    int flags = values.length - 2;
    values[flags] = values[flags].replace("conflict", "").strip().replaceAll(" +", " ");
    values[flags + 1] = "";
    return String.join("|", values);
  }

  /** When each row was last changed, by table, owner and start. */
  private static Map<String, String> changes(TestDatabase database, String condition) {
    Map<String, String> changes = new TreeMap<>();
    for (String table : CONSUMPTION) {
      String owner = table.startsWith("group_") ? "grp" : "meter";
      for (String row :
          database.query(
              "SELECT "
                  + owner
                  + ", channel, start_time, updated_at FROM wattbeam."
                  + table
                  + " WHERE "
                  + condition.replace("owner", owner))) {
        int last = row.lastIndexOf('|');
        changes.put(table + "|" + row.substring(0, last), row.substring(last));
      }
    }
    return changes;
  }

  private static long toRepair(TestDatabase database) {
    return database.count("SELECT count(*) FROM wattbeam.late_readings WHERE repaired_at IS NULL");
  }

  private static String others(TestDatabase database) {
    Map<String, Collection<String>> lines = new TreeMap<>(Tables.of(database).lines());
    CONSUMPTION.forEach(lines::remove);
    return lines.toString();
  }

  @Test
  void allKindsOfMetersEndAsIfNothingHadBeenLate() throws IOException {
    TestTopic topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    Neighbourhoods.messages().forEach(topic::send);
    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    Job.runBounded(topic, database).close();
    Corrections.archive(topic, folder);
    Tables expected =
        Expected.of(
                topic.content(),
                new SequentialModel(Neighbourhoods.directory().toDirectory(), NEVER_LATE))
            .tables()
            .consumption();
    assertThat(toRepair(database)).isPositive();
    assertThat(Tables.of(database).consumption().differenceFrom(expected)).isNotEmpty();
    String others = others(database);

    Corrections.repair(topic, database, folder);

    assertThat(Tables.of(database).consumption().differenceFrom(expected)).isEmpty();
    assertThat(others(database)).isEqualTo(others);
    assertThat(toRepair(database)).isZero();
  }

  @Test
  void oldCorrectionsReachTheirMonthsAndNothingElse() throws IOException {
    TestTopic topic = TestTopic.create(2);
    topic.send(Corrections.messages(false));
    Corrections.archive(topic, folder);
    topic.send(Corrections.late());
    TestDatabase database = TestDatabase.with(Corrections.directory());
    Job.runBounded(topic, database).close();
    assertThat(toRepair(database)).isEqualTo(2);
    Expected expected = Corrections.repaired(topic);
    // From here on most messages are in the archive only, and the corrections in the topic only.
    Corrections.forgetArchived(topic);

    String elsewhere = "(owner = 'c' OR start_time >= '2024-02-01T07:00:00Z')";
    Map<String, String> before = changes(database, elsewhere);
    assertThat(before).isNotEmpty();
    String others = others(database);
    Corrections.repair(topic, database, folder, "--monthClosesAfter=P36500D");
    assertThat(Tables.of(database).consumption().differenceFrom(expected.tables().consumption()))
        .isEmpty();
    assertThat(changes(database, elsewhere)).isEqualTo(before);
    assertThat(others(database)).isEqualTo(others);

    // The months were called open, so no reading is marked: as after a kill before the end.
    assertThat(toRepair(database)).isEqualTo(2);
    Map<String, String> repaired = changes(database, "true");
    assertThat(
            RepairConsumption.check(
                Corrections.repairOptions(topic, database, folder.resolve("wrong"))))
        .hasSize(2)
        .allMatch(problem -> problem.contains("does not have what was before"));
    String[] commandLine = Job.arguments(topic, database, "--archive=" + folder);
    RepairConsumption.main(commandLine);
    assertThat(toRepair(database)).isZero();
    RepairConsumption.main(commandLine); // Nothing is left to do.
    assertThat(changes(database, "true")).isEqualTo(repaired);

    TestTopic right = TestTopic.create(2);
    right.send(Corrections.messages(true));
    TestDatabase fresh = TestDatabase.with(Corrections.directory());
    Job.runBounded(right, fresh).close();
    assertThat(
            consumption(Tables.of(database), MonitorRepairTest::withoutHistory)
                .differenceFrom(consumption(Tables.of(fresh), MonitorRepairTest::withoutHistory)))
        .isEmpty();
  }

  @Test
  void allErrorsAreNamedAtOnce() {
    RepairOptions options =
        PipelineOptionsFactory.fromArgs(
                "--from=2024-02-01T00:00:00Z",
                "--to=2024-01-01T00:00:00Z",
                "--monthClosesAfter=soon",
                "--kafkaTopic=?",
                "--meterBuckets=0")
            .as(RepairOptions.class);
    assertThatThrownBy(() -> RepairConsumption.build(Pipeline.create(), options))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(String.join("\n", e.errors()))
                    .contains(
                        "--kafkaBootstrapServers is missing",
                        "--kafkaTopic is '?'",
                        "--archive is missing",
                        "--postgresUrl",
                        "--meterBuckets=0",
                        "--from=2024-02-01T00:00:00Z is not before --to=2024-01-01T00:00:00Z",
                        "--monthClosesAfter=soon"));
  }
}
