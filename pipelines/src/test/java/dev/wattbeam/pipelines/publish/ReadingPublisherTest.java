package dev.wattbeam.pipelines.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.SharedData;
import dev.wattbeam.io.files.CsvMapping;
import dev.wattbeam.io.files.FileScan;
import dev.wattbeam.io.files.InvalidFileException;
import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Reading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class ReadingPublisherTest {
  private static final int PARTITIONS = 3;
  private static final ReadingFormat FORMAT =
      ReadingFormat.ofMapping(
          CsvMapping.parse(
              "test",
              """
              {
                "meter": {"column": "meter"},
                "time": {"column": "time", "stamp": "end", "periodSeconds": 900},
                "channels": [
                  {"column": "in", "channel": "import", "type": "interval", "unit": "kWh"},
                  {"column": "out", "channel": "export", "type": "interval", "unit": "kWh"}
                ]
              }
              """));
  private static EmbeddedKafka kafka;

  @TempDir Path folder;
  private String topic;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.startTemporary();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void makeTopic(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    kafka.createTopic(topic, PARTITIONS);
  }

  @Test
  void sendsEveryReadingOnceInItsMetersOrder() throws Exception {
    StringBuilder text = new StringBuilder("meter,time,in,out\n");
    int steps = 500;
    for (int i = 0; i < steps; i++) {
      for (int m = 0; m < 7; m++) {
        String time = java.time.Instant.ofEpochSecond(1_700_000_000 + i * 900L).toString();
        text.append("m").append(m).append(',').append(time).append(',').append(i).append(",0.5\n");
      }
    }
    text.append("m0,2024-01-01T00:00:00Z,,\n\nm0,bad,1,1\n");
    List<DeadLetter> rejected = new ArrayList<>();
    List<PublishProgress> progress = new ArrayList<>();
    long before = System.currentTimeMillis();
    PublishSummary summary =
        ReadingPublisher.create(settings(file("a.csv", text.toString())))
            .onRejected(rejected::add)
            .onProgress(progress::add)
            .publish();

    int rows = steps * 7;
    assertThat(summary.rowsRead()).isEqualTo(rows + 2);
    assertThat(summary.rowsPublished()).isEqualTo(rows);
    assertThat(summary.rowsMissing()).isEqualTo(1);
    assertThat(summary.rowsRejected()).isEqualTo(1);
    assertThat(summary.readingsPublished()).isEqualTo(rows * 2L);
    assertThat(summary.rejected()).isEqualTo(Map.of(DeadLetterCode.INVALID_TIME, 1L));
    assertThat(summary.meters()).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6");
    assertThat(summary.complete()).isTrue();
    assertThat(rejected)
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.origin().source()).isEqualTo("a.csv");
              assertThat(r.payload()).isEqualTo("m0,bad,1,1");
            });
    assertThat(progress.get(progress.size() - 1).share()).isEqualTo(1);

    List<ConsumerRecord<String, byte[]>> records = records(topic);
    assertThat(records).hasSize(rows * 2);
    Map<String, Long> lastTime = new TreeMap<>();
    ReadingJson json = new ReadingJson();
    for (ConsumerRecord<String, byte[]> record : records) {
      assertThat(json.parse(record.value())).isTrue();
      Reading reading = json.reading();
      assertThat(record.key()).isEqualTo(reading.meter());
      assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
      String series = reading.meter() + reading.channel();
      assertThat(reading.timeMillis()).isGreaterThan(lastTime.getOrDefault(series, 0L));
      lastTime.put(series, reading.timeMillis());
    }
  }

  @Test
  void passesJsonLinesOnAsTheyAre() throws Exception {
    String text =
        "{\"meter\":\"a\",\"time\":\"2024-01-01T00:00:00Z\"}\n\nnonsense\n{\"meter\":7}\n";
    PublishSummary summary =
        ReadingPublisher.create(
                PublishSettings.of(
                    List.of(PublishSettings.STDIN), ReadingFormat.canonicalJson(), config(topic)))
            .readingStdin(stream(text))
            .publish();
    assertThat(summary.rowsRead()).isEqualTo(3);
    assertThat(summary.rowsPublished()).isEqualTo(3);
    assertThat(summary.readingsPublished()).isEqualTo(3);
    assertThat(records(topic))
        .extracting(r -> r.key() + " " + new String(r.value(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder(
            "a {\"meter\":\"a\",\"time\":\"2024-01-01T00:00:00Z\"}",
            "null nonsense",
            "null {\"meter\":7}");
  }

  @Test
  void holdsTheRate() throws Exception {
    StringBuilder text = new StringBuilder("meter,time,in,out\n");
    for (int i = 0; i < 50; i++) {
      text.append("m,2024-01-01T00:00:00Z,").append(i).append(",\n");
    }
    long start = System.nanoTime();
    PublishSummary summary =
        ReadingPublisher.create(settings(file("a.csv", text.toString())).withRate(50)).publish();
    assertThat(summary.readingsPublished()).isEqualTo(50);
    assertThat((System.nanoTime() - start) / 1e9).isBetween(0.97, 5.0);
  }

  @Test
  void replaysInTheOrderAndPaceOfTheTimes() throws Exception {
    Path first =
        file(
            "1.csv",
            "meter,time,in,out\na,2024-01-01T00:00:00Z,1,\na,2024-01-01T00:15:00Z,3,\n"
                + "a,nonsense,3,\na,2024-01-01T00:20:00Z,,\n");
    Path second =
        file("2.csv", "meter,time,in,out\na,2024-01-01T00:05:00Z,2,\na,2024-01-01T00:20:00Z,4,\n");
    PublishSettings settings =
        PublishSettings.of(List.of(first, second), FORMAT, config(topic)).withSpeedUp(1200);
    long start = System.nanoTime();
    PublishSummary summary = ReadingPublisher.create(settings).publish();
    assertThat((System.nanoTime() - start) / 1e9).isBetween(0.97, 5.0);
    assertThat(summary.rowsRead()).isEqualTo(6);
    assertThat(summary.rowsPublished()).isEqualTo(4);
    List<ConsumerRecord<String, byte[]>> records = records(topic);
    ReadingJson json = new ReadingJson();
    List<Long> values = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      assertThat(json.parse(record.value())).isTrue();
      values.add(json.reading().value() / 1_000_000_000);
    }
    assertThat(values).containsExactly(1L, 2L, 3L, 4L);
    // No lower bound: the first message may be late by itself, which shortens the time to the last.
    assertThat(records.get(3).timestamp() - records.get(0).timestamp()).isLessThan(4_000L);
  }

  @Test
  void stopsInTheMiddle() throws Exception {
    StringBuilder text = new StringBuilder("meter,time,in,out\n");
    for (int i = 0; i < 100; i++) {
      text.append("m,2024-01-01T00:00:00Z,1,\n");
    }
    ReadingPublisher[] publisher = new ReadingPublisher[1];
    publisher[0] =
        ReadingPublisher.create(settings(file("a.csv", text.toString())).withRate(20))
            .onProgress(progress -> publisher[0].stop());
    PublishSummary summary = publisher[0].publish();
    assertThat(summary.complete()).isFalse();
    assertThat(summary.rowsRead()).isEqualTo(summary.rowsPublished()).isBetween(10L, 60L);
    assertThat(records(topic)).hasSize((int) summary.readingsPublished());
  }

  @Test
  void errorsAreOneClearLine() throws Exception {
    Path good = file("a.csv", "meter,time,in,out\nm,2024-01-01T00:00:00Z,1,\n");
    assertThatThrownBy(
            () ->
                ReadingPublisher.create(PublishSettings.of(List.of(good), FORMAT, config("gone")))
                    .publish())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'gone'");
    assertThatThrownBy(() -> ReadingPublisher.create(settings(file("empty.csv", ""))).publish())
        .isInstanceOf(InvalidFileException.class)
        .hasMessage("empty.csv is empty");
    assertThatThrownBy(
            () ->
                ReadingPublisher.create(
                        PublishSettings.of(
                            List.of(good), FORMAT, KafkaConfig.of("127.0.0.1:1", topic)))
                    .publish())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("--kafkaBootstrapServers");
  }

  @Test
  void theProgramDoesItAll() throws Exception {
    Path input = file("in.csv", "meter,time,in,out\nm,2024-01-01T00:00:00Z,1,2\nm,x,1,2\n");
    Path mapping =
        file(
            "mapping.json",
            """
            {"meter": {"column": "meter"}, "time": {"column": "time", "stamp": "end"},
             "channels": [{"column": "in", "type": "interval", "unit": "kWh"}]}
            """);
    Path rejected = folder.resolve("rejected.jsonl");
    Result result =
        run(
            "--input=" + input,
            "--format=" + mapping,
            "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
            "--topic=" + topic + "-new",
            "--create-topic=2",
            "--rejected=" + rejected);
    assertThat(result.err()).contains("100 %").contains("in.csv, line 3: INVALID_TIME");
    assertThat(result.out())
        .contains("rows read 2 = published 1 + missing 0 + rejected 1 {INVALID_TIME=1}")
        .contains("readings 1 of 1 meters");
    assertThat(result.code()).isZero();
    assertThat(Files.readString(rejected))
        .contains("\"source\":\"in.csv\",\"partition\":0,\"position\":3,\"code\":\"INVALID_TIME\"")
        .contains("\"payload\":\"m,x,1,2\"");
    assertThat(records(topic + "-new")).hasSize(1);
  }

  @Test
  void theProgramNamesAllWrongOptionsAtOnce() {
    Result result =
        run(
            "--input=" + folder.resolve("gone.csv"),
            "--format=uci",
            "--kafkaBootstrapServers=nonsense",
            "--rate=fast",
            "--speedUp=-1",
            "--create-topic=0");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("gone.csv does not exist")
        .contains(
            "Format \"uci\" is neither a known name (canonical-json, green-button, uci-household")
        .contains("--kafkaBootstrapServers")
        .contains("--rate=fast")
        .contains("--speedUp=-1")
        .contains("--create-topic=0")
        .doesNotContain("\tat ");
    assertThat(run("--nonsense").code()).isEqualTo(2);
    Result register =
        run("--input=-", "--format=sgsc", "--kafkaBootstrapServers=a:1", "--register");
    assertThat(register.code()).isEqualTo(2);
    assertThat(register.err())
        .contains("--postgresUrl is missing")
        .contains("--postgresUser is missing")
        .contains("--register has to read the input twice");
  }

  @Test
  @Tag("slow")
  void sendsARealFileFast() throws Exception {
    Path input = SharedData.file("smart-meters/sgsc_50_households_30min.csv.gz");
    ReadingFormat format = ReadingFormat.of("sgsc");
    FileScan scan = FileScan.of(List.of(input), format);
    PublishSummary summary =
        ReadingPublisher.create(PublishSettings.of(List.of(input), format, config(topic)))
            .withScan(scan)
            .publish();
    assertThat(summary.readingsPublished()).isEqualTo(1_450_232);
    assertThat(summary.rowsPublished()).isEqualTo(1_450_232);
    assertThat(summary.meters()).hasSize(50);
    assertThat(summary.seconds()).isLessThan(30);
    assertThat(ends(topic)).isEqualTo(1_450_232);
  }

  private PublishSettings settings(Path input) {
    return PublishSettings.of(List.of(input), FORMAT, config(topic));
  }

  private static KafkaConfig config(String topic) {
    return KafkaConfig.of(kafka.bootstrapServers(), topic);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private record Result(int code, String out, String err) {}

  private static Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        PublishReadings.run(
            args,
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static long ends(String topic) {
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      return consumer.endOffsets(partitions(consumer, topic)).values().stream()
          .mapToLong(Long::longValue)
          .sum();
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<String, byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  /** All records of a topic; those of one partition in their order. */
  private static List<ConsumerRecord<String, byte[]>> records(String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }
}
