package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.ArchiveOptions;
import dev.wattbeam.pipelines.archive.ArchiveReadings;
import dev.wattbeam.pipelines.archive.ArchiveReadingsOptions;
import dev.wattbeam.pipelines.archive.CompactArchive;
import dev.wattbeam.pipelines.archive.CompactArchiveOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What must be true of an archive in any store, on a topic of its own. Files are read here by means
 * of their own, not by those of the product.
 */
final class ArchiveCase implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PARTITIONS = 3;
  private static final int BLOCK = 1_000;
  private static final long FIRST_MILLIS = 1_795_390_000_000L; // some hours before midnight
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration OUTAGE = Duration.ofMinutes(1);

  private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
  private final Random random = new Random(1);
  private final String root;
  private final List<String> arguments;
  private final Map<String, String> environment;
  private int topics;
  private String topic;
  private int sent;

  /**
   * Prepares the checks.
   *
   * @param root folder in the store
   * @param environment of processes that use the store
   * @param arguments further options of the pipelines
   */
  ArchiveCase(String root, Map<String, String> environment, String... arguments) {
    this.root = root;
    this.environment = environment;
    this.arguments = List.of(arguments);
    List<String> errors = new ArrayList<>();
    ArchiveOptions options = PipelineOptionsFactory.fromArgs(options()).as(ArchiveOptions.class);
    assertThat(ArchiveConfig.from(options, errors)).isNotNull();
  }

  /** A new topic, of messages of each kind, those of each partition from several days. */
  void newTopic(int messages) {
    topic = "readings-" + ++topics;
    sent = 0;
    kafka.createTopic(topic, PARTITIONS);
    send(messages);
  }

  void send(int messages) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 20);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < messages; i++, sent++) {
        // Two days pass, and each message may be up to an hour late.
        long millis = FIRST_MILLIS + sent * 10_000L - random.nextInt(3_600_000);
        ProducerRecord<byte[], byte[]> message =
            new ProducerRecord<>(topic, sent % PARTITIONS, millis, key(sent), value(sent));
        if (sent % 50 == 0) {
          message.headers().add("replayed", new byte[] {'1'});
        }
        var unused = producer.send(message);
      }
    }
  }

  private byte[] key(int i) {
    return i % 7 == 0 ? null : ("m" + i % 100).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] value(int i) {
    if (i % 101 == 0) {
      return null;
    }
    if (i % 103 == 0) {
      byte[] noText = new byte[40];
      random.nextBytes(noText);
      return noText;
    }
    if (i % 107 == 0) {
      return ("it's \"no\" {JSON, é 𝄞 \\ ''\n,' \t\u0000\u0001 " + i)
          .getBytes(StandardCharsets.UTF_8);
    }
    return ("{\"schemaVersion\":1,\"meter\":\"m"
            + i % 100
            + "\",\"channel\":\"import\",\"type\":\"power\",\"unit\":\"kW\",\"value\":"
            + random.nextInt(10_000)
            + ",\"note\":\"é\\n\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  static String text(
      int partition, long offset, long millis, byte[] key, byte[] value, int headers) {
    return partition
        + " "
        + offset
        + " "
        + millis
        + " "
        + (key == null ? "-" : Base64.getEncoder().encodeToString(key))
        + " "
        + (value == null ? "-" : Base64.getEncoder().encodeToString(value))
        + " "
        + headers;
  }

  String topic() {
    return topic;
  }

  /** Each message of the complete blocks of the topic. */
  List<String> expected() {
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
    List<String> expected = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> m : consumer.poll(Duration.ofMillis(200))) {
          if (m.offset() / BLOCK < ends.get(partitions.get(m.partition())) / BLOCK) {
            int headers = m.headers().toArray().length;
            expected.add(
                text(m.partition(), m.offset(), m.timestamp(), m.key(), m.value(), headers));
          }
        }
      }
    }
    return expected.stream().sorted().toList();
  }

  /** Files of messages of the topic, with their sizes and when they were written. */
  Map<String, String> files() throws IOException {
    MatchResult result = FileSystems.match(List.of(root + "/source=" + topic + "/day=*/*")).get(0);
    Map<String, String> files = new TreeMap<>();
    if (result.status() != MatchResult.Status.NOT_FOUND) {
      for (MatchResult.Metadata file : result.metadata()) {
        files.put(file.resourceId().toString(), file.sizeBytes() + " " + file.lastModifiedMillis());
      }
    }
    return files;
  }

  /** Each message of the files. */
  List<String> archived() throws IOException {
    List<String> archived = new ArrayList<>();
    for (String path : files().keySet()) {
      String day = path.replaceAll(".*/day=([^/]*)/.*", "$1");
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(
                      Channels.newInputStream(
                          FileSystems.open(FileSystems.matchNewResource(path, false)))),
                  StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          JsonNode json = JSON.readTree(line);
          assertThat(json.get("topic").asText()).isEqualTo(topic);
          long millis = json.get("timestamp").asLong();
          assertThat(Instant.ofEpochMilli(millis)).asString().startsWith(day);
          archived.add(
              text(
                  json.get("partition").asInt(),
                  json.get("offset").asLong(),
                  millis,
                  bytes(json, "key"),
                  bytes(json, "value"),
                  json.path("headers").size()));
        }
      }
    }
    return archived.stream().sorted().toList();
  }

  private static byte[] bytes(JsonNode json, String name) throws IOException {
    JsonNode text = json.get(name);
    return text == null
        ? json.get(name + "Base64").binaryValue()
        : text.isNull() ? null : text.asText().getBytes(StandardCharsets.UTF_8);
  }

  String[] options(String... more) {
    return Stream.of(List.of("--archive=" + root), arguments, Arrays.asList(more))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  private String[] archiveOptions() {
    return options(
        "--kafkaBootstrapServers=" + kafka.bootstrapServers(),
        "--kafkaTopic=" + topic,
        "--archiveBlockMessages=" + BLOCK);
  }

  void archive() {
    ArchiveReadingsOptions options =
        PipelineOptionsFactory.fromArgs(archiveOptions()).as(ArchiveReadingsOptions.class);
    options.setRunner(DirectRunner.class);
    assertThat(ArchiveReadings.check(options)).isEmpty();
    Pipeline pipeline = Pipeline.create(options);
    ArchiveReadings.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  void compact() {
    CompactArchiveOptions options =
        PipelineOptionsFactory.fromArgs(options("--archiveSource=" + topic))
            .as(CompactArchiveOptions.class);
    options.setRunner(DirectRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    CompactArchive.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  /** Rows in = rows out, again = the same, more = only more; and few files out of many. */
  void keepsEachMessageOnce() throws IOException {
    newTopic(20_500);
    archive();
    List<String> first = expected();
    assertThat(first).hasSizeBetween(18_000, 20_500);
    assertThat(archived()).isEqualTo(first);

    Map<String, String> before = files();
    archive();
    assertThat(files()).isEqualTo(before);

    send(7_000);
    archive();
    assertThat(archived()).isEqualTo(expected()).hasSizeGreaterThan(first.size());
    assertThat(files()).containsAllEntriesOf(before);

    int small = files().size();
    compact();
    assertThat(files().size()).isLessThan(small / 2);
    assertThat(archived()).isEqualTo(expected());
    Map<String, String> compacted = files();
    compact();
    archive();
    assertThat(files()).isEqualTo(compacted);
  }

  /** A process that is killed leaves complete files only, and the next one does the rest. */
  void survivesKills() throws IOException, InterruptedException {
    newTopic(60_000);
    List<String> expected = expected();
    for (int round = 0; round < 2; round++) {
      int before = files().size();
      Process process = archiveElsewhere();
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (files().size() < before + 3) {
        TimeUnit.MILLISECONDS.sleep(200);
        assertThat(process.isAlive()).as("the archive is still being written").isTrue();
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      process.destroyForcibly().waitFor();
      List<String> archived = archived();
      assertThat(archived).doesNotHaveDuplicates().hasSizeLessThan(expected.size());
      assertThat(expected).containsAll(archived);
    }
    archive();
    assertThat(archived()).isEqualTo(expected);
  }

  private Process archiveElsewhere() throws IOException {
    List<String> command =
        Server.java(
            System.getProperty("java.class.path"),
            Stream.concat(
                    Stream.of("dev.wattbeam.pipelines.launcher.WattBeam", "archive-readings"),
                    Stream.concat(
                        Arrays.stream(archiveOptions()),
                        Stream.of("--runner=DirectRunner", "--targetParallelism=1")))
                .toArray(String[]::new));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(new HashMap<>(environment));
    return builder.start();
  }

  /** The store is gone for a while in the middle: the job waits, and nothing is lost or doubled. */
  void outlastsAnOutage(Server store) throws Exception {
    newTopic(60_000);
    CompletableFuture<Void> job = CompletableFuture.runAsync(this::archive);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (files().size() < 5) {
      TimeUnit.MILLISECONDS.sleep(200);
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
    store.stop();
    assertThat(job).as("the job at the beginning of the outage").isNotDone();
    TimeUnit.MILLISECONDS.sleep(OUTAGE.toMillis());
    assertThat(job).as("the job during the outage").isNotDone();
    store.start();
    job.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(archived()).isEqualTo(expected());
  }

  @Override
  public void close() {
    kafka.close();
  }
}
