package dev.wattbeam.oracle;

import dev.wattbeam.model.Quality;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Readings as a topic holds them, written down in the order in which they were sent. */
public final class History {
  private final String topic;
  private final SortedMap<Integer, List<Sent>> partitions = new TreeMap<>();

  private record Sent(Reading reading, boolean local, long sentMillis) {}

  public History(String topic) {
    this.topic = topic;
  }

  /** A reading in partition 0, sent at its own time. */
  public History add(Reading reading) {
    return add(0, reading, reading.timeMillis());
  }

  public History add(int partition, Reading reading, long sentMillis) {
    return add(partition, reading, false, sentMillis);
  }

  /** A reading whose time came without offset: its time is the local clock's, as if it were UTC. */
  public History addLocal(int partition, Reading reading, long sentMillis) {
    return add(partition, reading, true, sentMillis);
  }

  private History add(int partition, Reading reading, boolean local, long sentMillis) {
    partitions
        .computeIfAbsent(partition, p -> new ArrayList<>())
        .add(new Sent(reading, local, sentMillis));
    return this;
  }

  /** One batch per partition. */
  public List<ReadingBatch> batches() {
    List<ReadingBatch> batches = new ArrayList<>();
    partitions.forEach(
        (partition, sent) -> {
          ReadingBatch.Builder batch =
              new ReadingBatch.Builder(topic, partition, Long.MIN_VALUE, sent.size());
          for (int i = 0; i < sent.size(); i++) {
            Reading reading = sent.get(i).reading();
            batch.add(
                reading.meterChannel(),
                reading.type(),
                reading.timeMillis(),
                sent.get(i).local(),
                reading.value(),
                reading.durationMillis(),
                reading.sequence(),
                reading.quality(),
                i,
                sent.get(i).sentMillis(),
                null);
          }
          batches.add(batch.build());
        });
    return batches;
  }

  /**
   * A valid reading without duration and sequence number.
   *
   * @param value kW or kWh, such as {@code 1.234}
   */
  public static Reading reading(
      String meter, String channel, ReadingType type, Instant time, String value) {
    return new Reading(
        meter,
        channel,
        type,
        time.toEpochMilli(),
        nanos(value),
        0,
        Reading.NO_SEQUENCE,
        Quality.VALID);
  }

  /** A decimal in kW or kWh as whole nano-units. */
  public static long nanos(String value) {
    return new BigDecimal(value).movePointRight(9).longValueExact();
  }
}
