package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One message of a topic.
 *
 * @param sentMillis its Kafka timestamp
 */
record Message(int partition, long sentMillis, byte[] payload) {
  /** A reading that is sent five seconds after its time. */
  static Message of(int partition, Reading reading) {
    return new Message(partition, reading.timeMillis() + 5_000, ReadingJson.write(reading));
  }

  static Message text(int partition, Instant sent, String payload) {
    return new Message(partition, sent.toEpochMilli(), payload.getBytes(StandardCharsets.UTF_8));
  }
}
