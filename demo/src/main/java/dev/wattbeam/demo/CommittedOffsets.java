package dev.wattbeam.demo;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * How many messages of the topic the pipeline has read and made durable, as any operator can see
 * it: by the offsets of its consumer group.
 */
final class CommittedOffsets implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 2;

  private final Admin admin;
  private final String group;
  private long last;

  CommittedOffsets(String bootstrapServers, String group) {
    this.admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers));
    this.group = group;
  }

  /** The sum over the partitions; the last known one while Kafka does not answer. */
  long sum() {
    try {
      last =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .values()
              .stream()
              .mapToLong(OffsetAndMetadata::offset)
              .sum();
    } catch (ExecutionException | TimeoutException e) {
      return last; // The group does not exist yet, or its coordinator is just starting.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return last;
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
