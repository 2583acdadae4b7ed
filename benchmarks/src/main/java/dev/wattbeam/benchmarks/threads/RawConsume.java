package dev.wattbeam.benchmarks.threads;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingTopic;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One thread that polls a topic and counts: nobody reads faster with Kafka's client. */
public final class RawConsume implements PartitionReader.Polls {
  private long bytes;

  private RawConsume() {}

  /** Reads the topic. */
  public static void main(String[] args) throws Exception {
    ContenderOptions options = ContenderOptions.parse(args);
    Map<Integer, Long> sizes = ReadingTopic.sizes(options.bootstrapServers(), options.topic());
    RawConsume counter = new RawConsume();
    PartitionReader.read(
        options.bootstrapServers(), options.topic(), List.copyOf(sizes.keySet()), sizes, counter);
    System.out.println(counter.bytes + " bytes");
  }

  @Override
  public void poll(int partition, List<ConsumerRecord<byte[], byte[]>> messages) {
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      bytes += message.value().length;
    }
  }
}
