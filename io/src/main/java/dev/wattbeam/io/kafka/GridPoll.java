package dev.wattbeam.io.kafka;

import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.DeadLetterCoder;
import dev.wattbeam.model.DeterministicCoder;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.model.GridSignalCoder;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;

/** What one poll of one partition of a topic of grid signals gave. */
record GridPoll(List<GridSignal> signals, List<DeadLetter> deadLetters) {
  GridPoll {
    signals = List.copyOf(signals);
    deadLetters = List.copyOf(deadLetters);
  }

  /**
   * Messages that are grid signals.
   *
   * @param pipelineName name in dead letters
   */
  record Format(String pipelineName) implements PollFormat<GridPoll> {
    @Override
    public PartitionParser<GridPoll> parser(KafkaConfig config) {
      return new Parser(config, pipelineName);
    }

    @Override
    public Coder<GridPoll> coder() {
      return GridPollCoder.of();
    }
  }

  private static final class Parser implements PollFormat.PartitionParser<GridPoll> {
    private static final byte[] NO_BYTES = new byte[0];

    private final KafkaConfig config;
    private final String pipelineName;
    private int partition;
    private List<GridSignal> signals;
    private List<DeadLetter> deadLetters;

    Parser(KafkaConfig config, String pipelineName) {
      this.config = config;
      this.pipelineName = pipelineName;
    }

    @Override
    public void begin(int newPartition, long clock, long watermark, int expectedSize) {
      partition = newPartition;
      signals = new ArrayList<>(expectedSize);
      deadLetters = new ArrayList<>();
    }

    @Override
    public void add(long offset, long kafkaMillis, byte[] message) {
      try {
        signals.add(GridSignalJson.parse(message, kafkaMillis, config.maxMessageBytes()));
      } catch (GridSignalJson.InvalidSignalException e) {
        deadLetters.add(letter(offset, kafkaMillis, message, e.code(), e.getMessage()));
      }
    }

    private DeadLetter letter(
        long offset, long kafkaMillis, byte[] message, DeadLetterCode code, String reason) {
      return new DeadLetter(
          pipelineName,
          ReadGridSignals.STEP,
          code,
          reason,
          Payload.asText(message == null ? NO_BYTES : message),
          new Origin(config.topic(), partition, offset),
          kafkaMillis);
    }

    /** A version replaces another whenever it comes: no step waits for a time. */
    @Override
    public long clock() {
      return PartitionClocks.NONE;
    }

    @Override
    public GridPoll end() {
      GridPoll poll = new GridPoll(signals, deadLetters);
      signals = null;
      deadLetters = null;
      return poll;
    }
  }

  /** Deterministic coder. */
  static final class GridPollCoder extends DeterministicCoder<GridPoll> {
    private static final GridPollCoder INSTANCE = new GridPollCoder();
    private static final ListCoder<GridSignal> SIGNALS = ListCoder.of(GridSignalCoder.of());
    private static final ListCoder<DeadLetter> LETTERS = ListCoder.of(DeadLetterCoder.of());

    static GridPollCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(GridPoll poll, OutputStream out) throws IOException {
      SIGNALS.encode(poll.signals(), out);
      LETTERS.encode(poll.deadLetters(), out);
    }

    @Override
    public GridPoll decode(InputStream in) throws IOException {
      return new GridPoll(SIGNALS.decode(in), LETTERS.decode(in));
    }
  }
}
