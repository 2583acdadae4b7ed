package dev.wattbeam.pipelines.replay;

import dev.wattbeam.model.DeadLetterCode;
import java.util.Map;

/**
 * What became of the letters: {@code letters = replayed + cut + empty}.
 *
 * @param replayId what the replayed letters are marked with
 * @param letters letters that were looked at
 * @param replayed letters whose message is in the topic again
 * @param messages messages sent; fewer than replayed letters where one message has several letters
 * @param cut letters that hold only the beginning of their message; they stay as they are
 * @param empty letters of messages without content; they stay as they are
 * @param perCode replayed letters by the reason of their rejection
 * @param complete false when it was stopped, or reached the limit, before the end
 */
record ReplaySummary(
    String replayId,
    long letters,
    long replayed,
    long messages,
    long cut,
    long empty,
    Map<DeadLetterCode, Long> perCode,
    boolean complete) {}
