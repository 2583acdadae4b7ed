package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * A rejected record with everything that is needed to understand it, to count it and to replay it.
 *
 * @param pipeline name of the pipeline, such as {@code monitor-consumption}
 * @param step name of the step that rejected the record
 * @param code why
 * @param message the reason in words, with the bad value and what was expected
 * @param payload the record as received, UTF-8; what is not UTF-8 is Base64 with the prefix {@code
 *     base64:}; cut to {@link #MAX_PAYLOAD} characters
 * @param origin where it came from
 * @param timeMillis when the record was received (Kafka timestamp), epoch milliseconds
 */
@DefaultCoder(DeadLetterCoder.class)
public record DeadLetter(
    String pipeline,
    String step,
    DeadLetterCode code,
    String message,
    String payload,
    Origin origin,
    long timeMillis) {
  /** Longest payload that is kept, in characters. */
  public static final int MAX_PAYLOAD = 65_536;

  public DeadLetter {
    requireNonNull(pipeline, "pipeline");
    requireNonNull(step, "step");
    requireNonNull(code, "code");
    requireNonNull(message, "message");
    requireNonNull(payload, "payload");
    requireNonNull(origin, "origin");
    if (payload.length() > MAX_PAYLOAD) {
      payload = payload.substring(0, MAX_PAYLOAD);
    }
  }
}
