package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;

/** What the step counts; per poll, since metrics per message cost more than the message. */
final class PollMetrics implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Counter messages = Metrics.counter(ReadReadings.METRICS, "messages");
  private final Counter bytes = Metrics.counter(ReadReadings.METRICS, "bytes");
  private final Distribution pollSize = Metrics.distribution(ReadReadings.METRICS, "poll_size");
  private final Map<DeadLetterCode, Counter> deadLetters = new EnumMap<>(DeadLetterCode.class);

  PollMetrics() {
    for (DeadLetterCode code : DeadLetterCode.values()) {
      deadLetters.put(code, Metrics.counter(ReadReadings.METRICS, "dead_letters_" + code));
    }
  }

  void count(KafkaPoll poll) {
    long size = (long) poll.readings().size() + poll.deadLetters().size();
    messages.inc(size);
    bytes.inc(poll.bytes());
    pollSize.update(size);
    for (DeadLetter deadLetter : poll.deadLetters()) {
      deadLetters.get(deadLetter.code()).inc();
    }
  }
}
