package dev.wattbeam.benchmarks.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.benchmarks.Messages;
import dev.wattbeam.benchmarks.Table;
import dev.wattbeam.benchmarks.Topics;
import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.pipelines.RunnerOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each workload on embedded Flink against the plainest computation. */
@Tag("slow")
final class BeamContenderTest {
  private static final int RECORDS = 20_000;
  private static final long SEED = 7;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private static EmbeddedKafka kafka;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws SQLException {
    kafka = EmbeddedKafka.startTemporary();
    postgres = EmbeddedPostgres.startTemporary();
    execute("CREATE SCHEMA bench");
  }

  @AfterAll
  static void stop() {
    kafka.close();
    postgres.close();
  }

  /** Few meters: the data covers nine days; many: more than one node per level. */
  @ParameterizedTest
  @CsvSource({"downsampling, 90", "hour-of-day, 2", "hierarchy, 250"})
  void writesWhatThePlainestComputationGives(String code, int meters) throws Exception {
    Workload workload = Workload.of(code);
    kafka.createTopic(code, Messages.PARTITIONS);
    Topics.fill(kafka.bootstrapServers(), code, workload, meters, RECORDS, SEED);
    for (Table table : Table.of(workload)) {
      execute("DROP TABLE IF EXISTS " + table.name());
      execute(table.createStatement());
    }

    assertThat(run(workload)).isEqualTo(PipelineResult.State.DONE);

    assertThat(rows(Table.of(workload).get(0))).isEqualTo(expected(workload, meters));
  }

  private static PipelineResult.State run(Workload workload) {
    BeamOptions options =
        PipelineOptionsFactory.fromArgs(
                RunnerOptions.complete(
                    "--runner=FlinkRunner",
                    "--flinkMaster=[local]",
                    "--parallelism=2",
                    "--workload=" + workload.code(),
                    "--kafkaBounded=true",
                    "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
                    "--kafkaTopic=" + workload.code(),
                    // Several elements per partition.
                    "--kafkaMaxPollRecords=500",
                    "--postgresUrl=" + postgres.jdbcUrl(),
                    "--postgresUser=" + postgres.user(),
                    "--postgresPasswordFile=" + postgres.passwordFile()))
            .as(BeamOptions.class);
    Pipeline pipeline = Pipeline.create(options);
    BeamContender.build(pipeline, options);
    return pipeline.run().waitUntilFinish();
  }

  // The plainest computation: the values of each row's key -------------------------------------

  private static Map<String, String> expected(Workload workload, int meters) {
    List<Messages.Message> messages = new ArrayList<>();
    for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
      Messages part = new Messages(workload, meters, RECORDS, SEED, partition);
      while (part.next()) {
        messages.add(part.message());
      }
    }
    return switch (workload) {
      case DOWNSAMPLING -> minutes(messages);
      case HOUR_OF_DAY -> windows(messages);
      case HIERARCHY -> nodes(messages);
      case WHOLE_JOB -> throw new IllegalArgumentException("whole-job is the product's");
    };
  }

  private static Map<String, String> minutes(List<Messages.Message> messages) {
    Map<String, List<Long>> values = new HashMap<>();
    for (Messages.Message m : messages) {
      long minute = (m.timeMillis() - 1) / MINUTE * MINUTE;
      add(values, Messages.meterName(m.meter()) + "," + minute, m.nanos());
    }
    Map<String, String> rows = new TreeMap<>();
    values.forEach(
        (key, list) ->
            rows.put(
                key,
                list.size()
                    + ","
                    + list.stream().mapToLong(v -> v).min().orElseThrow()
                    + ","
                    + list.stream().mapToLong(v -> v).max().orElseThrow()
                    + ","
                    + sum(list)));
    return rows;
  }

  private static Map<String, String> windows(List<Messages.Message> messages) {
    Map<String, List<Long>> values = new HashMap<>();
    for (Messages.Message m : messages) {
      long day = (m.timeMillis() - 1) / DAY * DAY;
      long hour = (m.timeMillis() - 1 - day) / HOUR;
      for (int i = 0; i < 7; i++) {
        String key = Messages.meterName(m.meter()) + "," + (day - i * DAY) + "," + hour;
        add(values, key, m.nanos());
      }
    }
    Map<String, String> rows = new TreeMap<>();
    values.forEach((key, list) -> rows.put(key, list.size() + "," + sum(list)));
    return rows;
  }

  private static Map<String, String> nodes(List<Messages.Message> messages) {
    Map<List<Long>, Messages.Message> last = new HashMap<>();
    for (Messages.Message m : messages) {
      last.merge(
          List.of((long) m.meter(), (m.timeMillis() - 1) / MINUTE * MINUTE),
          m,
          (a, b) -> a.timeMillis() > b.timeMillis() ? a : b);
    }
    Map<String, List<Long>> values = new HashMap<>();
    last.forEach(
        (meterAndMinute, m) -> {
          int node = m.meter();
          for (int level = 1; level <= 4; level++) {
            node /= 10;
            add(values, level + "," + node + "," + meterAndMinute.get(1), m.nanos());
          }
        });
    Map<String, String> rows = new TreeMap<>();
    values.forEach((key, list) -> rows.put(key, list.size() + "," + sum(list)));
    return rows;
  }

  private static void add(Map<String, List<Long>> values, String key, long value) {
    values.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }

  private static long sum(List<Long> values) {
    return values.stream().mapToLong(v -> v).sum();
  }

  // The database -------------------------------------------------------------------------------

  /** Key columns to the others. */
  private static Map<String, String> rows(Table table) throws SQLException {
    int keys =
        table.createStatement().toLowerCase(Locale.ROOT).split("key \\(", 2)[1].split(",").length;
    Map<String, String> rows = new TreeMap<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("SELECT " + table.content() + " FROM " + table.name())) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(result.getString(i));
        }
        rows.put(
            String.join(",", values.subList(0, keys)),
            String.join(",", values.subList(keys, columns)));
      }
    }
    return rows;
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
  }
}
