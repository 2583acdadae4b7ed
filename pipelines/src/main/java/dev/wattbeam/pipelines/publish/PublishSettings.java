package dev.wattbeam.pipelines.publish;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.files.ReadingFormat;
import dev.wattbeam.io.kafka.KafkaConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * What is published where, and how fast.
 *
 * @param inputs files, sent in this order; {@link #STDIN} stands for the standard input
 * @param format of all the files
 * @param kafka brokers, topic (it has to exist) and properties of the clients
 * @param rate most readings per second; 0 for as fast as possible
 * @param speedUp replays history as a live stream: seconds of event time per second; 0 for as fast
 *     as possible
 * @param sort whether rows are sent in the order of their times, over all files, instead of the
 *     files' order; holds them in memory. With a speed-up, what is not in order is sorted anyway
 */
public record PublishSettings(
    List<Path> inputs,
    ReadingFormat format,
    KafkaConfig kafka,
    double rate,
    double speedUp,
    boolean sort) {
  /** Stands for the standard input among the inputs. */
  public static final Path STDIN = Path.of("-");

  public PublishSettings {
    inputs = List.copyOf(inputs);
    requireNonNull(format, "format");
    requireNonNull(kafka, "kafka");
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("There is no input; give at least one file");
    }
    if (!(rate >= 0) || !(speedUp >= 0)) {
      throw new IllegalArgumentException(
          "rate " + rate + " and speedUp " + speedUp + " have to be 0 or above");
    }
  }

  /** Publishes as fast as possible, in the files' order. */
  public static PublishSettings of(List<Path> inputs, ReadingFormat format, KafkaConfig kafka) {
    return new PublishSettings(inputs, format, kafka, 0, 0, false);
  }

  public PublishSettings withRate(double readingsPerSecond) {
    return new PublishSettings(inputs, format, kafka, readingsPerSecond, speedUp, sort);
  }

  public PublishSettings withSpeedUp(double speedUp) {
    return new PublishSettings(inputs, format, kafka, rate, speedUp, sort);
  }

  public PublishSettings withSort(boolean sort) {
    return new PublishSettings(inputs, format, kafka, rate, speedUp, sort);
  }
}
