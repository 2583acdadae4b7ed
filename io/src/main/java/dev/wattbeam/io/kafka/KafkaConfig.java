package dev.wattbeam.io.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * Checked {@link KafkaOptions}. Serializable, since Beam ships the source that holds it to the
 * workers.
 *
 * @param bootstrapServers host:port, separated by commas
 * @param topic topic of the readings
 * @param groupId group to which offsets are committed
 * @param reader which source reads
 * @param start where to begin without a checkpoint
 * @param bounded whether to end at what the topic holds at the start
 * @param idlePartitionAfter after which time without records a partition does not hold the
 *     watermark
 * @param maxMessageBytes longest message that is parsed
 * @param maxPollRecords most messages of one poll
 * @param clientProperties further client properties; may hold secrets, so they are never printed
 */
public record KafkaConfig(
    String bootstrapServers,
    String topic,
    String groupId,
    KafkaReader reader,
    KafkaStart start,
    boolean bounded,
    Duration idlePartitionAfter,
    int maxMessageBytes,
    int maxPollRecords,
    Map<String, String> clientProperties)
    implements Serializable {
  /** Which source reads the topic. */
  public enum KafkaReader {
    /** The own source: one element is one poll of one partition. */
    POLL,
    /** Beam's KafkaIO. */
    KAFKAIO,
    /** The own source for Spark: one element is one micro-batch of one partition. */
    MICROBATCH
  }

  /** Where to begin without a checkpoint. */
  public enum KafkaStart {
    EARLIEST,
    COMMITTED,
    LATEST
  }

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final Pattern SERVER =
      Pattern.compile("[^\\s,:]+:\\d{1,5}|\\[[^\\]\\s]+\\]:\\d{1,5}");
  private static final int MAX_POLL_RECORDS = 1_000_000;

  /** What this package decides itself; another value would break its promises. */
  private static final Set<String> RESERVED =
      Set.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG);

  public KafkaConfig {
    requireNonNull(bootstrapServers, "bootstrapServers");
    requireNonNull(topic, "topic");
    requireNonNull(groupId, "groupId");
    requireNonNull(reader, "reader");
    requireNonNull(start, "start");
    requireNonNull(idlePartitionAfter, "idlePartitionAfter");
    clientProperties = Map.copyOf(clientProperties);
  }

  /** What most tests and the demo need: the own source from the beginning, all else as usual. */
  public static KafkaConfig of(String bootstrapServers, String topic) {
    return new KafkaConfig(
        bootstrapServers,
        topic,
        "wattbeam",
        KafkaReader.POLL,
        KafkaStart.EARLIEST,
        false,
        Duration.ofSeconds(10),
        ReadingJson.DEFAULT_MAX_MESSAGE_BYTES,
        10_000,
        Map.of());
  }

  /** A copy that ends at what the topic holds at the start, or does not. */
  public KafkaConfig withBounded(boolean value) {
    return new KafkaConfig(
        bootstrapServers,
        topic,
        groupId,
        reader,
        start,
        value,
        idlePartitionAfter,
        maxMessageBytes,
        maxPollRecords,
        clientProperties);
  }

  /** A copy with another source. */
  public KafkaConfig withReader(KafkaReader value) {
    return new KafkaConfig(
        bootstrapServers,
        topic,
        groupId,
        value,
        start,
        bounded,
        idlePartitionAfter,
        maxMessageBytes,
        maxPollRecords,
        clientProperties);
  }

  /** A copy that begins elsewhere. */
  public KafkaConfig withStart(KafkaStart value) {
    return new KafkaConfig(
        bootstrapServers,
        topic,
        groupId,
        reader,
        value,
        bounded,
        idlePartitionAfter,
        maxMessageBytes,
        maxPollRecords,
        clientProperties);
  }

  /** A copy with another idle time. */
  public KafkaConfig withIdlePartitionAfter(Duration value) {
    return new KafkaConfig(
        bootstrapServers,
        topic,
        groupId,
        reader,
        start,
        bounded,
        value,
        maxMessageBytes,
        maxPollRecords,
        clientProperties);
  }

  /** A copy with another most number of messages of one poll. */
  public KafkaConfig withMaxPollRecords(int value) {
    return new KafkaConfig(
        bootstrapServers,
        topic,
        groupId,
        reader,
        start,
        bounded,
        idlePartitionAfter,
        maxMessageBytes,
        value,
        clientProperties);
  }

  /**
   * Checks the options.
   *
   * @param errors gets one line for each thing that is wrong, with the option's name, the bad value
   *     and what is expected
   * @return the configuration, or null when errors were added
   */
  public static KafkaConfig from(KafkaOptions options, List<String> errors) {
    int before = errors.size();
    String servers = text(options.getKafkaBootstrapServers());
    if (servers.isEmpty()) {
      errors.add("--kafkaBootstrapServers is missing; expected host:port, such as localhost:9092");
    } else {
      for (String server : servers.split(",", -1)) {
        if (!SERVER.matcher(server.trim()).matches()) {
          errors.add(
              "--kafkaBootstrapServers has '"
                  + server
                  + "'; expected host:port, separated by commas, such as localhost:9092");
        }
      }
    }
    String topic = text(options.getKafkaTopic());
    if (!TOPIC.matcher(topic).matches()) {
      errors.add(
          "--kafkaTopic is '"
              + topic
              + "'; expected 1 to 249 letters, digits, '.', '_' or '-', one topic");
    }
    String group = text(options.getKafkaGroupId());
    if (group.isEmpty()) {
      errors.add("--kafkaGroupId is empty; expected the name of a consumer group");
    }
    KafkaReader reader = reader(options, errors);
    KafkaStart start = choice("--kafkaStart", options.getKafkaStart(), KafkaStart.values(), errors);
    if (options.getKafkaBounded() && reader == KafkaReader.KAFKAIO) {
      errors.add(
          "--kafkaBounded=true does not go with --kafkaReader=kafkaio, which has no end on the"
              + " runners used here; use --kafkaReader=poll");
    }
    if (options.getKafkaBounded() && start == KafkaStart.LATEST) {
      errors.add(
          "--kafkaBounded=true with --kafkaStart=latest would read nothing; use earliest or"
              + " committed");
    }
    Duration idle = duration(text(options.getKafkaIdlePartitionAfter()), errors);
    range("--kafkaMaxMessageBytes", options.getKafkaMaxMessageBytes(), Integer.MAX_VALUE, errors);
    range("--kafkaMaxPollRecords", options.getKafkaMaxPollRecords(), MAX_POLL_RECORDS, errors);
    Map<String, String> properties = properties(options.getKafkaPropertiesFile(), errors);
    return errors.size() > before
        ? null
        : new KafkaConfig(
            servers,
            topic,
            group,
            reader,
            start,
            options.getKafkaBounded(),
            idle,
            options.getKafkaMaxMessageBytes(),
            options.getKafkaMaxPollRecords(),
            properties);
  }

  private static KafkaReader reader(KafkaOptions options, List<String> errors) {
    boolean microBatches =
        !options.getKafkaBounded() && options.getRunner().getSimpleName().equals("SparkRunner");
    if (text(options.getKafkaReader()).equals("auto")) {
      return microBatches ? KafkaReader.MICROBATCH : KafkaReader.POLL;
    }
    KafkaReader reader =
        choice("--kafkaReader", options.getKafkaReader(), KafkaReader.values(), errors);
    if (microBatches && reader != KafkaReader.MICROBATCH) {
      errors.add(
          "--kafkaReader="
              + options.getKafkaReader()
              + " cannot be right on Spark in streaming: a micro-batch that is computed again after"
              + " a failure would have other messages; use --kafkaReader=microbatch, or"
              + " --kafkaBounded=true");
    }
    if (!microBatches && reader == KafkaReader.MICROBATCH) {
      errors.add(
          "--kafkaReader=microbatch is for streaming on Spark only; leave it out, or use"
              + " --kafkaReader=poll");
    }
    return reader;
  }

  private static String text(String value) {
    return value == null ? "" : value.trim();
  }

  private static <T extends Enum<T>> T choice(
      String option, String value, T[] choices, List<String> errors) {
    for (T choice : choices) {
      if (choice.name().toLowerCase(Locale.ROOT).equals(text(value))) {
        return choice;
      }
    }
    errors.add(
        option
            + " is '"
            + text(value)
            + "'; expected one of "
            + Arrays.stream(choices)
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
    return null;
  }

  private static Duration duration(String value, List<String> errors) {
    try {
      Duration duration = Duration.parse(value);
      if (duration.compareTo(Duration.ofMillis(1)) >= 0
          && duration.compareTo(Duration.ofDays(365)) <= 0) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // The same message as for one that is out of range.
    }
    errors.add(
        "--kafkaIdlePartitionAfter is '"
            + value
            + "'; expected an ISO 8601 duration above zero, at most 365 days, such as PT10S");
    return null;
  }

  private static void range(String option, int value, int highest, List<String> errors) {
    if (value < 1 || value > highest) {
      errors.add(option + " is " + value + "; expected 1 to " + highest);
    }
  }

  private static Map<String, String> properties(String file, List<String> errors) {
    Map<String, String> properties = new TreeMap<>();
    if (text(file).isEmpty()) {
      return properties;
    }
    Properties read = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      read.load(in);
    } catch (IOException | IllegalArgumentException e) {
      errors.add(
          "--kafkaPropertiesFile: '"
              + file
              + "' cannot be read ("
              + e.getClass().getSimpleName()
              + "); expected a file of Java properties");
      return properties;
    }
    for (String name : read.stringPropertyNames()) {
      if (RESERVED.contains(name)) {
        errors.add(
            "--kafkaPropertiesFile sets "
                + name
                + ", which WattBeam sets itself; remove it, or use the --kafka... option for it");
      }
      properties.put(name, read.getProperty(name));
    }
    return properties;
  }

  /** Client properties for an administrative client. */
  Map<String, Object> adminProperties() {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }

  /**
   * Client properties for a consumer that commits when it is told to and begins where it is told.
   */
  Map<String, Object> consumerProperties() {
    Map<String, Object> properties = new HashMap<>();
    // Readings of an aborted transaction were never sent.
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // The default of 1 MiB gives polls of 7 000 readings at most.
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * 1024 * 1024);
    properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 1024 * 1024);
    properties.putAll(clientProperties);
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // Where to begin is decided here, and an offset that is gone must not pass in silence.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return properties;
  }

  /** Without the values of the client properties, which may be secrets. */
  @Override
  public String toString() {
    return "KafkaConfig[bootstrapServers="
        + bootstrapServers
        + ", topic="
        + topic
        + ", groupId="
        + groupId
        + ", reader="
        + reader
        + ", start="
        + start
        + ", bounded="
        + bounded
        + ", idlePartitionAfter="
        + idlePartitionAfter
        + ", maxMessageBytes="
        + maxMessageBytes
        + ", maxPollRecords="
        + maxPollRecords
        + ", clientProperties="
        + clientProperties.keySet()
        + "]";
  }
}
