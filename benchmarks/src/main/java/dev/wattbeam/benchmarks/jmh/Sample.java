package dev.wattbeam.benchmarks.jmh;

import dev.wattbeam.benchmarks.Messages;
import dev.wattbeam.benchmarks.parts.Workload;
import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.PollParser;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.quality.ReadingLimits;
import dev.wattbeam.transforms.quality.ReadingValidator;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the benchmarks work on: one poll of one partition, of meters that report every minute. */
final class Sample {
  /** Messages of a poll. */
  static final int SIZE = 10_000;

  static final String PIPELINE = "jmh";
  static final ReadingLimits LIMITS = new ReadingLimits(0, 3_600_000, ReadingLimits.UNLIMITED);

  private static final int METERS = 400;
  private static final long KW = 1_000_000_000;

  private Sample() {}

  static List<byte[]> messages() {
    Messages messages =
        new Messages(Workload.HOUR_OF_DAY, METERS, (long) SIZE * Messages.PARTITIONS, 1, 0);
    List<byte[]> json = new ArrayList<>();
    while (messages.next()) {
      json.add(messages.message().json());
    }
    return json;
  }

  static PollParser parser() {
    return new PollParser(
        KafkaConfig.of("localhost:9092", "readings"), new ClockLimits(0, 0), PIPELINE);
  }

  static ReadingBatch batch(PollParser parser, List<byte[]> messages) {
    parser.begin(0, Long.MIN_VALUE, Long.MIN_VALUE, messages.size());
    long offset = 0;
    for (byte[] message : messages) {
      // Sent at the end of time: nothing is in its future.
      parser.add(offset++, Long.MAX_VALUE / 2, message);
    }
    return parser.end().readings();
  }

  static MeterDirectory directory() {
    MeterType type = MeterType.generic("power meter").withMaxPower(20 * KW);
    List<Meter> meters = new ArrayList<>();
    for (int meter = 0; meter < METERS; meter++) {
      meters.add(
          Meter.of(
              Messages.meterName(meter),
              type.withNominalPeriod(60_000),
              ZoneId.of("Europe/Paris"),
              Map.of("import", ReadingType.POWER)));
    }
    return new MeterDirectory(meters, List.of(), List.of());
  }

  /** The readings as one block. */
  static ReadingBlock block(ReadingBatch batch, MeterDirectory directory) {
    ReadingValidator validator = new ReadingValidator(LIMITS, 1, PIPELINE);
    validator.add(batch, directory, new EngineBenchmark.Nothing());
    return validator.takeBlocks().get(0);
  }
}
