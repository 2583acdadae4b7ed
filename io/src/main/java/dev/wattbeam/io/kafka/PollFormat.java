package dev.wattbeam.io.kafka;

import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;

/**
 * What a source makes of the messages of a topic. It travels with the source to the workers.
 *
 * @param <T> what becomes of one poll of one partition
 */
interface PollFormat<T> extends Serializable {
  /** A new parser, for one reader. */
  PartitionParser<T> parser(KafkaConfig config);

  Coder<T> coder();

  /** Turns the messages of one partition, one after the other, into an element. */
  interface PartitionParser<T> {
    /**
     * Begins a poll.
     *
     * @param partitionClock highest plausible time read from the partition so far
     * @param watermark what the reader has reported; both are {@link Long#MIN_VALUE} at the start
     */
    void begin(int partition, long partitionClock, long watermark, int expectedSize);

    /** Adds a message of the partition; they come in the order of their offsets. */
    void add(long offset, long kafkaMillis, byte[] message);

    /** The clock of the partition after what was added. */
    long clock();

    /** The messages since {@link #begin}. */
    T end();
  }
}
