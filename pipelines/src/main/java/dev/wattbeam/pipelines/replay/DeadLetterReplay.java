package dev.wattbeam.pipelines.replay;

import dev.wattbeam.io.files.KafkaSender;
import dev.wattbeam.io.files.MessageFields;
import dev.wattbeam.io.postgres.DeadLetterQueue;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Sends the messages of dead letters again and marks the letters, in steps: lock some letters, send
 * their messages, wait until Kafka has them, mark, commit. A letter is marked only after its
 * message is stored, so none is lost; what dies in between sends the messages of one step again.
 */
final class DeadLetterReplay {
  /** Letters per transaction: what a crash sends twice at most. */
  static final int STEP = 500;

  private final DeadLetterQueue queue;
  private final String replayId;
  private final long limit;
  private final LongConsumer progress;
  private volatile boolean stopped;

  private final Map<DeadLetterCode, Long> perCode = new EnumMap<>(DeadLetterCode.class);
  private Origin lastSent;
  private long letters;
  private long replayed;
  private long messages;
  private long cut;
  private long empty;

  /**
   * @param replayId what replayed letters are marked with
   * @param limit most letters to look at
   * @param progress is told after each step how many letters are done
   */
  DeadLetterReplay(DeadLetterQueue queue, String replayId, long limit, LongConsumer progress) {
    this.queue = queue;
    this.replayId = replayId;
    this.limit = limit;
    this.progress = progress;
  }

  /** Ends it after the current step; may be called from another thread. */
  void stop() {
    stopped = true;
  }

  /** Only counts. */
  ReplaySummary count() {
    boolean complete = false;
    while (!complete && !stopped && letters < limit) {
      List<DeadLetter> step = next();
      step.forEach(this::isReplayable);
      queue.commit();
      complete = step.isEmpty();
    }
    return summary(complete);
  }

  /**
   * Sends and marks.
   *
   * @throws IOException when Kafka fails; letters of earlier steps stay marked
   */
  ReplaySummary send(KafkaSender kafka) throws IOException {
    boolean complete = false;
    while (!complete && !stopped && letters < limit) {
      List<DeadLetter> step = next();
      List<DeadLetter> sent = new ArrayList<>();
      for (DeadLetter letter : step) {
        if (isReplayable(letter)) {
          send(letter, kafka);
          sent.add(letter);
        }
      }
      kafka.flush();
      queue.markReplayed(sent, replayId);
      queue.commit();
      progress.accept(letters);
      complete = step.isEmpty();
    }
    return summary(complete);
  }

  private List<DeadLetter> next() {
    return queue.next((int) Math.min(STEP, limit - letters));
  }

  private boolean isReplayable(DeadLetter letter) {
    letters++;
    if (letter.payload().isEmpty()) {
      empty++;
      return false;
    }
    if (Payload.mayBeCut(letter.payload())) {
      cut++;
      return false;
    }
    replayed++;
    perCode.merge(letter.code(), 1L, Long::sum);
    return true;
  }

  /** A message that was rejected twice, for different reasons, has two letters in a row. */
  private void send(DeadLetter letter, KafkaSender kafka) throws IOException {
    if (letter.origin().equals(lastSent)) {
      return;
    }
    byte[] message = Payload.toBytes(letter.payload());
    kafka.send(MessageFields.of(message).meter(), message);
    lastSent = letter.origin();
    messages++;
  }

  private ReplaySummary summary(boolean complete) {
    return new ReplaySummary(
        replayId, letters, replayed, messages, cut, empty, Map.copyOf(perCode), complete);
  }
}
