package dev.wattbeam.benchmarks.parts;

import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.KafkaPoll;
import dev.wattbeam.io.kafka.PollParser;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.model.MeterDirectorySource;
import dev.wattbeam.pipelines.monitor.MonitorConsumption;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.quality.ReadingValidator;
import java.util.HashMap;
import java.util.Map;

/**
 * The first half of the whole job, with the parts of the product: messages are parsed, validated
 * against the meter directory and packed into blocks of readings. Not thread-safe.
 */
public final class ReadingIntake {
  /** Name of the pipeline in dead letters. */
  public static final String PIPELINE = MonitorConsumption.NAME;

  /** The defaults of the product. */
  public static final ReadingLimits LIMITS = ReadingLimits.DEFAULT;

  /** Messages between two calls of {@link #takeBlocks} that pack well. */
  public static final int BUNDLE_MESSAGES = 200_000;

  private static final int POLL_MESSAGES = 10_000;

  private final KafkaConfig kafka;
  private final MeterDirectorySource directory;
  private final ReadingValidator.Output out;
  private final ReadingValidator validator;
  private final Map<Integer, PollParser> parsers = new HashMap<>();

  /**
   * Without messages.
   *
   * @param buckets number of buckets that meters are hashed to
   * @param out gets late readings and dead letters
   */
  public ReadingIntake(
      ContenderOptions options,
      MeterDirectorySource directory,
      int buckets,
      ReadingValidator.Output out) {
    this.kafka = KafkaConfig.of(options.bootstrapServers(), options.topic());
    this.directory = directory;
    this.out = out;
    this.validator = new ReadingValidator(LIMITS, buckets, PIPELINE);
  }

  /** The database of the product. */
  public static PostgresConfig postgres(ContenderOptions options) {
    return PostgresConfig.of(
        options.postgresUrl(), options.postgresUser(), options.postgresPassword());
  }

  /** Takes in a message; those of one partition come in the order of their offsets. */
  public void add(int partition, long offset, long kafkaMillis, byte[] message) {
    PollParser parser = parsers.get(partition);
    if (parser == null) {
      parser =
          new PollParser(
              kafka,
              new ClockLimits(LIMITS.oldestMillis(), LIMITS.futureToleranceMillis()),
              PIPELINE);
      parsers.put(partition, parser);
      begin(partition, parser, Long.MIN_VALUE);
    }
    parser.add(offset, kafkaMillis, message);
    if (parser.size() == POLL_MESSAGES) {
      validate(partition, parser);
    }
  }

  private static void begin(int partition, PollParser parser, long clock) {
    parser.begin(partition, clock, Long.MIN_VALUE, POLL_MESSAGES);
  }

  private void validate(int partition, PollParser parser) {
    KafkaPoll poll = parser.end();
    poll.deadLetters().forEach(out::rejected);
    validator.add(poll.readings(), directory.snapshot(), out);
    begin(partition, parser, parser.clock());
  }

  /** Hands over the good readings, by bucket. */
  public Map<Integer, ReadingBlock> takeBlocks() {
    parsers.forEach(this::validate);
    return validator.takeBlocks();
  }

  /** The lowest event-time clock of the partitions seen so far. */
  public long clockMillis() {
    return parsers.values().stream().mapToLong(PollParser::clock).min().orElse(Long.MIN_VALUE);
  }
}
