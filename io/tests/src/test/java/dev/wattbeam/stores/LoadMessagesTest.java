package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.pipelines.launcher.WattBeam;
import dev.wattbeam.pipelines.warehouse.LoadMessages;
import dev.wattbeam.pipelines.warehouse.LoadMessagesOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LoadMessages from a real MinIO, by Beam's SnowflakeIO with the real driver and the same MinIO as
 * its stage, into {@link FakeSnow}.
 */
@Tag("store")
final class LoadMessagesTest {
  /** The days of {@link ArchiveCase}'s messages. */
  private static final String FIRST = "2026-11-22";

  private static final String SECOND = "2026-11-23";
  private static final String LAST = "2026-11-30";

  @TempDir static Path folder;

  private static Minio minio;
  private static ArchiveCase archive;
  private static FakeSnow snowflake;
  private static int databases;

  @BeforeAll
  static void start() {
    minio = Minio.start(folder);
    archive =
        new ArchiveCase(
            "s3://raw/archive", Minio.login(), "--archiveS3Endpoint=" + minio.endpoint());
    Map<String, String> stage = new HashMap<>(Minio.login());
    stage.put("AWS_ENDPOINT_URL_S3", minio.endpoint());
    stage.put("AWS_DEFAULT_REGION", "us-east-1");
    snowflake = FakeSnow.start(stage);
  }

  @AfterAll
  static void stop() {
    if (snowflake != null) {
      snowflake.close();
    }
    if (archive != null) {
      archive.close();
    }
    if (minio != null) {
      minio.close();
    }
  }

  /** A database of Snowflake's with empty tables. */
  private static String emptyWarehouse() {
    String database = "MESSAGES_" + ++databases;
    Warehouse.migrate(snowflake, database);
    return database;
  }

  private static String[] arguments(List<String> target, String from, String to, String run) {
    List<String> arguments = new ArrayList<>(target);
    arguments.addAll(
        List.of(
            "--archiveSource=" + archive.topic(),
            "--archiveFrom=" + from,
            "--archiveTo=" + to,
            "--run=" + run,
            "--snowflakeStage=s3://raw/stage",
            "--snowflakeStageFiles=3"));
    return archive.options(arguments.toArray(String[]::new));
  }

  private static LoadMessagesOptions options(String... arguments) {
    return PipelineOptionsFactory.fromArgs(arguments)
        .withValidation()
        .as(LoadMessagesOptions.class);
  }

  private static void load(List<String> target, String from, String to, String run) {
    LoadMessagesOptions options = options(arguments(target, from, to, run));
    Pipeline pipeline = Pipeline.create(options);
    LoadMessages.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  private static void load(String database, String from, String to, String run) {
    load(snowflake.options(database), from, to, run);
  }

  /** What CLEAN.MESSAGES shows, as {@link ArchiveCase#expected} has it. */
  private static List<String> loaded(String database) {
    return snowflake
        .query(
            database,
            "SELECT KAFKA_PARTITION, KAFKA_OFFSET, DATE_PART(EPOCH_MILLISECOND, KAFKA_TIME),"
                + " COALESCE(KEY_BASE64, '=' || MESSAGE_KEY, '-'),"
                + " COALESCE(VALUE_BASE64, '=' || MESSAGE_VALUE, '-'),"
                + " COALESCE(ARRAY_SIZE(HEADERS), 0) FROM CLEAN.MESSAGES WHERE TOPIC = '"
                + archive.topic()
                + "'")
        .stream()
        .map(row -> row.split("\\|", -1))
        .map(
            row ->
                ArchiveCase.text(
                    Integer.parseInt(row[0]),
                    Long.parseLong(row[1]),
                    Long.parseLong(row[2]),
                    bytes(row[3]),
                    bytes(row[4]),
                    Integer.parseInt(row[5])))
        .sorted()
        .toList();
  }

  private static byte[] bytes(String cell) {
    if (cell.equals("-")) {
      return null;
    }
    return cell.startsWith("=")
        ? cell.substring(1).getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(cell);
  }

  private static int rows(String database, String condition) {
    return Integer.parseInt(
        snowflake.query(database, "SELECT COUNT(*) FROM RAW.MESSAGES WHERE " + condition).get(0));
  }

  @Test
  void rowsInAreRowsOutAndReadersSeeARepetitionOnce() throws Exception {
    archive.newTopic(40_500);
    archive.archive();
    List<String> expected = archive.expected();
    String database = emptyWarehouse();

    load(database, FIRST, FIRST, "first");
    int firstDay = rows(database, "RUN = 'first'");
    assertThat(firstDay).isBetween(1, expected.size() - 1);
    long begin = System.nanoTime();
    load(database, SECOND, LAST, "second");
    double seconds = (System.nanoTime() - begin) / 1e9;
    int others = rows(database, "RUN = 'second'");
    System.out.printf(
        "LoadMessages: %d rows in %.1f s, %.0f rows/s%n", others, seconds, others / seconds);
    assertThat(firstDay + others).isEqualTo(expected.size());
    assertThat(loaded(database)).isEqualTo(expected);
    assertThat(rows(database, "TO_DATE(KAFKA_TIME) = '" + FIRST + "'")).isEqualTo(firstDay);
    assertThat(
            snowflake.query(database, "SELECT COUNT(*) FROM CLEAN.MESSAGES WHERE DATA:value >= 0"))
        .as("what is JSON can be looked into")
        .containsExactly(String.valueOf(rows(database, "LINE LIKE '%schemaVersion%'")));

    archive.compact();
    load(database, FIRST, LAST, "again");
    assertThat(rows(database, "TRUE")).isEqualTo(2 * expected.size());
    assertThat(loaded(database)).isEqualTo(expected);

    load(database, "2020-01-01", "2020-01-02", "nothing");
    assertThat(rows(database, "RUN = 'nothing'")).isZero();
  }

  @Test
  void aKilledRunHasLoadedNothingAndIsRepeated() throws Exception {
    archive.newTopic(40_500);
    archive.archive();
    String database = emptyWarehouse();
    List<String> command =
        Server.java(
            System.getProperty("java.class.path"), WattBeam.class.getName(), LoadMessages.NAME);
    command.add(1, "--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.addAll(List.of(arguments(snowflake.options(database), FIRST, LAST, "killed")));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(Minio.login());
    Process process = builder.start();
    while (FileSystems.match("s3://raw/stage/killed/**").metadata().isEmpty()) {
      FakeSnow.pause(50);
      assertThat(process.isAlive()).isTrue();
    }
    process.destroyForcibly().waitFor();
    assertThat(rows(database, "TRUE")).isZero();

    load(database, FIRST, LAST, "killed");
    assertThat(loaded(database)).isEqualTo(archive.expected());
    assertThat(rows(database, "TRUE")).isEqualTo(archive.expected().size());
  }

  @Test
  void snowflakesOutageIsWaitedFor() throws Exception {
    archive.newTopic(6_000);
    archive.archive();
    String database = emptyWarehouse();
    try (Gate gate = Gate.to(snowflake.port())) {
      gate.shut();
      CompletableFuture<Void> job =
          CompletableFuture.runAsync(
              () -> load(snowflake.options(database, gate.port()), FIRST, LAST, "outage"));
      while (FileSystems.match("s3://raw/stage/outage/*.csv.gz").metadata().size() < 3) {
        FakeSnow.pause(200);
        assertThat(job).isNotDone();
      }
      FakeSnow.pause(10_000);
      assertThat(job).as("the job during the outage").isNotDone();
      gate.open();
      job.join();
    }
    assertThat(loaded(database)).isEqualTo(archive.expected());
    assertThat(rows(database, "TRUE")).isEqualTo(archive.expected().size());
  }

  @Test
  void saysBeforehandWhatCannotWork() {
    archive.newTopic(10);
    assertThat(
            LoadMessages.check(
                options(arguments(snowflake.options("NOT_MIGRATED"), FIRST, LAST, "any"))))
        .hasSize(2)
        .anyMatch(problem -> problem.endsWith("has no file of the topic '" + archive.topic() + "'"))
        .anyMatch(problem -> problem.contains("run MigrateWarehouse"));
  }
}
