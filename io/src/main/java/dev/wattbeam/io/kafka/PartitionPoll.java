package dev.wattbeam.io.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Messages of one partition that were polled and not handed out yet.
 *
 * @param partition counted from 0 within the reader
 * @param records in the order of their offsets
 * @param position the consumer's position behind them: more than the last offset plus one where a
 *     transaction marker, an aborted or a compacted message follows
 */
record PartitionPoll(int partition, List<ConsumerRecord<Void, byte[]>> records, long position) {}
