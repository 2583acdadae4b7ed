package dev.wattbeam.demo.simulator;

import dev.wattbeam.model.DeadLetterCode;

/**
 * One message as it reaches the topic. A class and not a record, since it carries bytes.
 *
 * <p>Its Kafka timestamp has to be {@link #deliveryTimeMillis}, since a pipeline judges future
 * times against that.
 */
public final class Delivery {
  private final String key;
  private final byte[] payload;
  private final long eventTimeMillis;
  private final long deliveryTimeMillis;
  private final Defect defect;
  final Outcome outcome;
  final DeadLetterCode code;

  /** What is not settled before this delivery, or null. */
  final TruthSeries waiting;

  /** What becomes of a message. */
  enum Outcome {
    ACCEPTED,
    DUPLICATE,
    LATE,
    DEAD_LETTER
  }

  Delivery(
      String key,
      byte[] payload,
      long eventTimeMillis,
      long deliveryTimeMillis,
      Defect defect,
      Outcome outcome,
      DeadLetterCode code,
      TruthSeries waiting) {
    this.key = key;
    this.payload = payload;
    this.eventTimeMillis = eventTimeMillis;
    this.deliveryTimeMillis = deliveryTimeMillis;
    this.defect = defect;
    this.outcome = outcome;
    this.code = code;
    this.waiting = waiting;
  }

  /** The same message at another time. */
  Delivery at(long millis) {
    return new Delivery(key, payload, eventTimeMillis, millis, defect, outcome, code, waiting);
  }

  /** The name of the meter. */
  public String key() {
    return key;
  }

  /** The JSON, or what is left of it. Shared among copies: not to be changed. */
  public byte[] payload() {
    return payload;
  }

  /** When it was measured, epoch milliseconds, whatever the payload says. */
  public long eventTimeMillis() {
    return eventTimeMillis;
  }

  /** When it reaches the topic, simulated epoch milliseconds; never goes back. */
  public long deliveryTimeMillis() {
    return deliveryTimeMillis;
  }

  /** What is wrong with it. */
  public Defect defect() {
    return defect;
  }

  /** The dead letter that has to come of it, or null. */
  public DeadLetterCode expectedDeadLetter() {
    return code;
  }
}
