package dev.wattbeam.pipelines.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.io.files.DeadLetterTable;
import dev.wattbeam.io.kafka.GridSignalJson;
import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.io.postgres.DirectoryEntries;
import dev.wattbeam.io.postgres.MeterDirectoryStore;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.GridKind;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridStage;
import dev.wattbeam.model.GridUnit;
import dev.wattbeam.model.GridValue;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.pipelines.grid.GridOptions;
import dev.wattbeam.pipelines.grid.IngestGridSignals;
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.pipelines.monitor.MonitorOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class ReplayDeadLettersTest {
  private static final String PASSWORD = "it's \"secret\"";
  private static final int PARTITIONS = 2;
  private static final Instant START = Instant.parse("2024-03-04T00:00:00Z");
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgres postgres;

  @TempDir static Path folder;
  private static Path passwordFile;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private PostgresConfig owner;
  private PostgresConfig login;
  private String topic;

  @BeforeAll
  static void startServers() throws Exception {
    kafka = EmbeddedKafka.startTemporary();
    postgres = EmbeddedPostgres.startTemporary();
    passwordFile = Files.writeString(folder.resolve("secret"), PASSWORD);
  }

  @AfterAll
  static void stopServers() {
    kafka.close();
    postgres.close();
  }

  @BeforeEach
  void makeTopicAndDatabase(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    kafka.createTopic(topic, PARTITIONS);
    String url = postgres.createDatabase("replay_" + NUMBER.incrementAndGet());
    owner = PostgresConfig.of(url, postgres.user(), postgres.password());
    Migrations.migrate(owner);
    PostgresDatabase.createLogin(owner, "pipeline", PASSWORD, "wattbeam_pipeline");
    login = owner.withUser("pipeline", PASSWORD);
  }

  @Test
  void sendsWhatFitsTheFilterAndMarksIt() throws Exception {
    byte[] noText = {(byte) 0xC3, 0x28};
    store(
        letter(topic, 0, 1, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m1"), 0),
        letter(topic, 0, 2, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m2"), 1),
        // One message, rejected for two reasons in two runs.
        letter(topic, 0, 2, DeadLetterCode.UNKNOWN_CHANNEL, "ValidateReadings", json("m2"), 1),
        letter(topic, 1, 1, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m1"), 2),
        letter(
            topic,
            1,
            2,
            DeadLetterCode.MALFORMED_MESSAGE,
            "ReadReadings",
            Payload.asText(noText),
            3),
        letter(topic, 1, 3, DeadLetterCode.EMPTY_MESSAGE, "ReadReadings", "", 4),
        letter(
            topic,
            1,
            4,
            DeadLetterCode.OVERSIZED_MESSAGE,
            "ReadReadings",
            Payload.asText("x".repeat(100_000).getBytes(StandardCharsets.UTF_8)),
            5),
        letter("other", 0, 1, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m9"), 6),
        letter("a.csv", 0, 7, DeadLetterCode.INVALID_VALUE, "ReadFile", "m1,ten", 7));

    assertThat(replay("--dryRun")).isZero();
    assertThat(said(out))
        .startsWith(
            "letters 7 = to replay 5 + cut 1 + empty 1 {MALFORMED_MESSAGE=1, UNKNOWN_METER=3,"
                + " UNKNOWN_CHANNEL=1}; nothing was sent or marked")
        .contains("2 letters that fit otherwise are not of topic " + topic)
        .contains("1 letters hold only the beginning");
    assertThat(counted("--dryRun", "--code=UNKNOWN_METER,UNKNOWN_CHANNEL")).isEqualTo(4);
    assertThat(counted("--dryRun", "--step=ReadReadings")).isEqualTo(3);
    assertThat(counted("--dryRun", "--pipeline=nobody")).isZero();
    assertThat(counted("--dryRun", "--from=" + at(1), "--to=" + at(3))).isEqualTo(3);
    assertThat(counted("--dryRun", "--limit=2")).isEqualTo(2);
    assertThat(counted("--dryRun", "--source=other")).isEqualTo(1);
    assertThat(records(topic)).isEmpty();
    assertThat(marked()).isEmpty();

    assertThat(replay("--code=UNKNOWN_METER")).isZero();
    assertThat(said(out)).startsWith("letters 3 = replayed 3 ").contains("messages 3, marked ");
    assertThat(marked())
        .containsExactly("0/1 UNKNOWN_METER", "0/2 UNKNOWN_METER", "1/1 UNKNOWN_METER");
    assertThat(records(topic))
        .extracting(record -> record.key() + " " + text(record))
        .containsExactlyInAnyOrder("m1 " + json("m1"), "m2 " + json("m2"), "m1 " + json("m1"));

    assertThat(replay()).isZero();
    assertThat(said(out)).startsWith("letters 4 = replayed 2 + cut 1 + empty 1 ");
    List<ConsumerRecord<String, byte[]>> all = records(topic);
    assertThat(all).hasSize(5);
    assertThat(all)
        .filteredOn(record -> record.key() == null)
        .singleElement()
        .satisfies(record -> assertThat(record.value()).isEqualTo(noText));
    // Marked with the run that did it, once and for all.
    assertThat(query("SELECT count(DISTINCT replay_id) FROM wattbeam.dead_letters"))
        .containsExactly("2");
    assertThat(counted()).isEqualTo(2);
    assertThat(records(topic)).hasSize(5);
    assertThat(query("SELECT count(*) FROM wattbeam.dead_letters")).containsExactly("9");
  }

  @Test
  void oneMessageWithTwoLettersIsSentOnce() throws Exception {
    store(
        letter(topic, 0, 2, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m2"), 1),
        letter(topic, 0, 2, DeadLetterCode.UNKNOWN_CHANNEL, "ValidateReadings", json("m2"), 1));
    assertThat(replay()).isZero();
    assertThat(said(out)).contains("replayed 2").contains("messages 1");
    assertThat(records(topic)).hasSize(1);
    assertThat(marked()).hasSize(2);
  }

  @Test
  void manyLettersGoInSteps() throws Exception {
    int count = 2 * DeadLetterReplay.STEP + 1;
    DeadLetter[] letters = new DeadLetter[count];
    for (int i = 0; i < count; i++) {
      letters[i] =
          letter(topic, 0, i, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m" + i), i);
    }
    store(letters);
    assertThat(counted("--limit=" + (DeadLetterReplay.STEP + 1)))
        .isEqualTo(DeadLetterReplay.STEP + 1);
    assertThat(counted()).isEqualTo(DeadLetterReplay.STEP);
    assertThat(records(topic))
        .extracting(ConsumerRecord::key)
        .doesNotHaveDuplicates()
        .hasSize(count);
  }

  /** The worst moment for a kill: Kafka has the messages, PostgreSQL does not know yet. */
  @Test
  @Tag("slow")
  void aKillBetweenSendingAndMarkingAppliesNothingTwice() throws Exception {
    String repaired = topic + "-repaired";
    kafka.createTopic(repaired, PARTITIONS);
    int hours = 40;
    register("m1");
    send(topic, hours, "m1", "m2");
    monitor(topic);
    assertThat(query("SELECT code, count(*) FROM wattbeam.dead_letters GROUP BY 1"))
        .containsExactly("UNKNOWN_METER|" + hours);
    register("m2");

    String[] arguments = arguments("--topic=" + repaired, "--source=" + topic);
    try (Connection lock = PostgresDatabase.connect(owner);
        Statement statement = lock.createStatement()) {
      lock.setAutoCommit(false);
      // Lets the letters be read and locked, but not marked.
      statement.execute("LOCK TABLE wattbeam.dead_letters IN SHARE MODE");
      Process process = start(arguments);
      try {
        await(() -> records(repaired).size() == hours, "the messages in the topic");
      } finally {
        process.destroyForcibly().waitFor();
      }
      lock.rollback();
    }
    await(
        () ->
            query(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND usename = 'pipeline' AND application_name = 'wattbeam'")
                .isEmpty(),
        "the end of the killed session");
    assertThat(marked()).isEmpty();

    assertThat(ReplayDeadLetters.run(arguments, print(out), print(err))).isZero();
    assertThat(said(out)).startsWith("letters " + hours + " = replayed " + hours + " ");
    assertThat(marked()).hasSize(hours);
    Map<String, Integer> copies = new TreeMap<>();
    records(repaired)
        .forEach(
            record ->
                copies.merge(
                    record.partition() + " " + record.key() + " " + text(record), 1, Integer::sum));
    assertThat(copies).hasSize(hours);
    assertThat(copies.values()).containsOnly(2);

    monitor(repaired);
    assertThat(
            query(
                "SELECT meter, sum(energy_kwh), sum(samples) FROM wattbeam.hours"
                    + " GROUP BY meter ORDER BY meter"))
        .containsExactly("m1|20.0|" + hours, "m2|20.0|" + hours);
    assertThat(query("SELECT count(*) FROM wattbeam.dead_letters"))
        .containsExactly(String.valueOf(hours));
    assertThat(ReplayDeadLetters.run(arguments, print(out), print(err))).isZero();
    assertThat(said(out)).startsWith("letters 0 = ");
  }

  @Test
  void whatIsRejectedAgainIsANewLetterForTheNextTime() throws Exception {
    send(topic, 1, "m3");
    monitor(topic);
    assertThat(counted()).isEqualTo(1);
    monitor(topic);
    assertThat(query("SELECT position, replayed_at IS NULL FROM wattbeam.dead_letters ORDER BY 1"))
        .containsExactly("0|false", "1|true");
    assertThat(counted()).isEqualTo(1);
  }

  /** Sent by a program whose clock was a day behind; a replay is sent now. */
  @Test
  void signalsOfTheGridAreReplayed() throws Exception {
    Instant known = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(60);
    byte[] signal = signal(known, 70);
    long sent = known.minus(Duration.ofDays(1)).toEpochMilli();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      byte[] key = "test/GB".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, 0, null, key, signal(known.minusSeconds(60), 60)));
      producer.send(new ProducerRecord<>(topic, 0, sent, key, signal));
      producer.send(new ProducerRecord<>(topic, 1, null, key, new byte[] {'{'}));
    }
    ingest(topic);
    assertThat(query("SELECT value::float8 FROM wattbeam.grid_signals")).containsExactly("60.0");

    assertThat(replay("--pipeline=" + IngestGridSignals.NAME, "--code=TIME_IN_FUTURE")).isZero();
    assertThat(said(out)).startsWith("letters 1 = replayed 1 ").contains("messages 1, marked ");
    assertThat(marked()).containsExactly("0/1 TIME_IN_FUTURE");
    assertThat(records(topic)).filteredOn(r -> Arrays.equals(r.value(), signal)).hasSize(2);
    for (int run = 0; run < 2; run++) {
      ingest(topic);
      assertThat(query("SELECT value::float8 FROM wattbeam.grid_signals")).containsExactly("70.0");
    }
    assertThat(query("SELECT count(*) FROM wattbeam.dead_letters")).containsExactly("2");
    assertThat(counted("--dryRun")).as("the malformed one").isEqualTo(1);
  }

  @Test
  void lettersInOtherHandsAreLeftToThem() throws Exception {
    store(
        letter(topic, 0, 1, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m1"), 0),
        letter(topic, 0, 2, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m2"), 1));
    try (Connection other = PostgresDatabase.connect(owner);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT 1 FROM wattbeam.dead_letters WHERE position = 1 FOR UPDATE");
      assertThat(replay()).isZero();
      other.rollback();
    }
    assertThat(said(out))
        .startsWith("letters 1 = replayed 1")
        .contains("1 letters are in the hands of another run");
    assertThat(marked()).containsExactly("0/2 UNKNOWN_METER");
  }

  @Test
  void whenKafkaIsAwayNothingIsMarked() throws Exception {
    store(letter(topic, 0, 1, DeadLetterCode.UNKNOWN_METER, "ValidateReadings", json("m1"), 0));
    assertThat(replay("--topic=nowhere", "--source=" + topic)).isEqualTo(1);
    assertThat(said(err)).contains("no topic 'nowhere'");
    assertThat(marked()).isEmpty();
  }

  @Test
  void wrongOptionsAreNamedAtOnce() {
    int code =
        ReplayDeadLetters.run(
            new String[] {"--from=yesterday", "--limit=0", "--postgresUrl=mysql://x"},
            print(out),
            print(err));
    assertThat(code).isEqualTo(2);
    assertThat(said(err))
        .contains("--from=yesterday")
        .contains("--limit=0")
        .contains("--kafkaBootstrapServers")
        .contains("no PostgreSQL JDBC URL")
        .contains("--postgresUser");
    assertThat(ReplayDeadLetters.run(new String[] {"--code=UNKNOWN"}, print(out), print(err)))
        .isEqualTo(2);
    assertThat(said(err)).contains("UNKNOWN_METER");
    assertThat(ReplayDeadLetters.run(new String[] {"--help"}, print(out), print(err))).isZero();
    assertThat(said(out)).contains("--dryRun").contains("--code").contains("--limit");
  }

  private int replay(String... more) {
    return ReplayDeadLetters.run(arguments(more), print(out), print(err));
  }

  /** Runs it and returns the number of letters that it looked at. */
  private long counted(String... more) {
    said(out);
    assertThat(replay(more)).as(said(err)).isZero();
    String text = said(out).replace("Not to the end: ", "");
    return Long.parseLong(text.split(" ", 3)[1]);
  }

  private String[] arguments(String... more) {
    Stream<String> defaults =
        Stream.of(
            "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
            "--postgresUrl=" + login.url(),
            "--postgresUser=" + login.user(),
            "--postgresPasswordFile=" + passwordFile,
            "--no-progress");
    boolean named = Arrays.stream(more).anyMatch(argument -> argument.startsWith("--topic="));
    Stream<String> target = named ? Stream.empty() : Stream.of("--topic=" + topic);
    return Stream.concat(Stream.concat(defaults, target), Arrays.stream(more))
        .toArray(String[]::new);
  }

  private static Process start(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ReplayDeadLetters.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("replay.out").toFile())
        .start();
  }

  private void monitor(String from) {
    MonitorOptions options =
        options(
            MonitorOptions.class,
            from,
            "--allowedLateness=unlimited",
            // Another setting, so that the directory is read anew.
            "--meterDirectoryRefresh=PT" + (60 + NUMBER.incrementAndGet()) + "S");
    Pipeline pipeline = Pipeline.create(options);
    MonitorConsumption.build(pipeline, options);
    pipeline.run().waitUntilFinish();
  }

  private void ingest(String from) {
    GridOptions options = options(GridOptions.class, from);
    Pipeline pipeline = Pipeline.create(options);
    IngestGridSignals.build(pipeline, options);
    pipeline.run().waitUntilFinish();
  }

  private <T extends PipelineOptions> T options(Class<T> type, String from, String... more) {
    Stream<String> usual =
        Stream.of(
            "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
            "--kafkaTopic=" + from,
            "--kafkaGroupId=" + from + NUMBER.incrementAndGet(),
            "--kafkaStart=earliest",
            "--kafkaBounded=true",
            "--postgresUrl=" + login.url(),
            "--postgresUser=" + login.user(),
            "--postgresPasswordFile=" + passwordFile);
    T options =
        PipelineOptionsFactory.fromArgs(
                Stream.concat(usual, Arrays.stream(more)).toArray(String[]::new))
            .as(type);
    options.setRunner(DirectRunner.class);
    return options;
  }

  private void register(String meter) {
    MeterDirectoryStore.of(login)
        .save(
            DirectoryEntries.ofMeters(
                List.of(
                    Meter.of(
                        meter,
                        MeterType.generic("test"),
                        ZoneOffset.UTC,
                        Map.of("import", ReadingType.INTERVAL)))));
  }

  private static byte[] reading(String meter, int hour) {
    long time = START.plus(Duration.ofHours(hour)).toEpochMilli();
    return ReadingJson.write(
        Reading.of(meter, "import", ReadingType.INTERVAL, time, 500_000_000, 3_600_000));
  }

  private static byte[] signal(Instant known, long gramsPerKwh) {
    return GridSignalJson.write(
        new GridSignal(
            "test",
            "GB",
            START.toEpochMilli(),
            START.plus(Duration.ofMinutes(30)).toEpochMilli(),
            known.toEpochMilli(),
            GridStage.PROVISIONAL,
            List.of(
                new GridValue(
                    "carbon-intensity",
                    GridKind.ACTUAL,
                    GridUnit.G_CO2_PER_KWH,
                    gramsPerKwh * Energy.NANOS))));
  }

  private static String json(String meter) {
    return new String(reading(meter, 1), StandardCharsets.UTF_8);
  }

  private static String at(int minute) {
    return START.plus(Duration.ofMinutes(minute)).toString();
  }

  private static DeadLetter letter(
      String source,
      int partition,
      long position,
      DeadLetterCode code,
      String step,
      String payload,
      int minute) {
    return new DeadLetter(
        "monitor-consumption",
        step,
        code,
        "no",
        payload,
        new Origin(source, partition, position),
        START.plus(Duration.ofMinutes(minute)).toEpochMilli());
  }

  private void store(DeadLetter... letters) throws Exception {
    try (DeadLetterTable table = DeadLetterTable.open(login)) {
      Arrays.asList(letters).forEach(table::write);
    }
  }

  private List<String> marked() {
    return query(
            "SELECT partition, position, code FROM wattbeam.dead_letters"
                + " WHERE replayed_at IS NOT NULL AND replay_id IS NOT NULL ORDER BY 1, 2, 3")
        .stream()
        .map(row -> row.replaceFirst("\\|", "/").replace('|', ' '))
        .toList();
  }

  private List<String> query(String sql) {
    try (Connection connection = PostgresDatabase.connect(owner);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getObject(i)));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static void send(String to, int hours, String... meters) {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int hour = 1; hour <= hours; hour++) {
        for (String meter : meters) {
          byte[] key = meter.getBytes(StandardCharsets.UTF_8);
          producer.send(new ProducerRecord<>(to, key, reading(meter, hour)));
        }
      }
    }
  }

  private static List<ConsumerRecord<String, byte[]>> records(String from) {
    List<TopicPartition> partitions =
        List.of(new TopicPartition(from, 0), new TopicPartition(from, 1));
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  private static String text(ConsumerRecord<String, byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private static void await(Callable<Boolean> condition, String what) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** What was said since the last question. */
  private static String said(ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }
}
