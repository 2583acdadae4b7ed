package dev.wattbeam.io.kafka;

import java.io.IOException;

/**
 * The micro-batch that this thread computes.
 *
 * <p>Spark's runner keeps readers, and gives them whatever micro-batch of their partition comes,
 * also an earlier one that a lost worker had computed, without saying which ({@code
 * MicrobatchSource} in Beam 2.70.0). But for each micro-batch it first asks the source for the
 * coder of marks, and then decodes with it the mark at which the micro-batch begins, in the thread
 * that goes on to read ({@code StateSpecFunctions}). So it is learnt there.
 */
final class MicroBatchTurn {
  private static final ThreadLocal<MicroBatchTurn> HERE = new ThreadLocal<>();

  /** Null for the first micro-batch of a job. */
  private final MicroBatchMark mark;

  private KafkaPoll poll;
  private MicroBatchMark end;

  private MicroBatchTurn(MicroBatchMark mark) {
    this.mark = mark;
  }

  /** The runner has asked for the coder. */
  static void begins() {
    HERE.set(new MicroBatchTurn(null));
  }

  /** The runner has decoded a mark. */
  static void beginsAt(MicroBatchMark mark) {
    HERE.set(new MicroBatchTurn(mark));
  }

  static MicroBatchTurn here() {
    MicroBatchTurn turn = HERE.get();
    if (turn == null) {
      throw new IllegalStateException(
          "No micro-batch was begun: --kafkaReader=microbatch is for streaming on Spark only");
    }
    return turn;
  }

  /** Where the micro-batch begins; null for the first of a job. */
  MicroBatchMark mark() {
    return mark;
  }

  boolean isRead() {
    return end != null;
  }

  /**
   * The micro-batch was read.
   *
   * @param messages null when there are none
   */
  void read(KafkaPoll messages, MicroBatchMark next) {
    poll = messages;
    end = next;
  }

  /** The messages of the micro-batch; null when there are none. */
  KafkaPoll poll() {
    return poll;
  }

  /** Where the next one begins; the messages are forgotten. */
  MicroBatchMark end() throws IOException {
    if (end == null) {
      throw new IOException(
          "The read time of the micro-batch was over before it was read, on a busy machine."
              + " The task is tried again; should it fail, set a higher --minReadTimeMillis");
    }
    poll = null;
    return end;
  }
}
