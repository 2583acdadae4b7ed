package dev.wattbeam.pipelines.publish;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.postgres.PostgresConfig;
import java.time.Duration;

/**
 * Which {@code raw_readings} are published where.
 *
 * @param postgres the database; the user has to be a member of {@code wattbeam_pipeline}
 * @param kafka brokers, topic (it has to exist) and properties of the clients
 * @param readers how many ranges of the first pass are read at a time
 * @param fromBeginning whether the whole table is sent, whatever was sent before
 * @param pollEvery how often to look for new rows; null to end at what is there
 */
public record TableSettings(
    PostgresConfig postgres,
    KafkaConfig kafka,
    int readers,
    boolean fromBeginning,
    Duration pollEvery) {
  /** Enough to keep a broker busy: reading takes the time. */
  static final int DEFAULT_READERS = 2;

  public TableSettings {
    requireNonNull(postgres, "postgres");
    requireNonNull(kafka, "kafka");
    if (readers < 1) {
      throw new IllegalArgumentException("readers " + readers + " has to be at least 1");
    }
  }

  /** Sends what is there and was not sent yet, then ends. */
  public static TableSettings of(PostgresConfig postgres, KafkaConfig kafka) {
    return new TableSettings(postgres, kafka, DEFAULT_READERS, false, null);
  }

  public TableSettings withReaders(int readers) {
    return new TableSettings(postgres, kafka, readers, fromBeginning, pollEvery);
  }

  public TableSettings withFromBeginning(boolean fromBeginning) {
    return new TableSettings(postgres, kafka, readers, fromBeginning, pollEvery);
  }

  /** Goes on for ever. */
  public TableSettings withPollEvery(Duration pollEvery) {
    return new TableSettings(postgres, kafka, readers, fromBeginning, pollEvery);
  }
}
