package dev.wattbeam.io.kafka;

import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;

/** What a reader tells about one of its partitions. */
final class PartitionMetrics {
  private final Gauge lag;
  private final Gauge watermarkLag;

  PartitionMetrics(int partition) {
    lag = Metrics.gauge(ReadReadings.METRICS, "kafka_lag_" + partition);
    watermarkLag = Metrics.gauge(ReadReadings.METRICS, "watermark_lag_millis_" + partition);
  }

  /**
   * Sets them.
   *
   * @param messages that are still to be read
   * @param clock event time up to which the partition was read, epoch milliseconds
   */
  void set(long messages, long clock) {
    lag.set(messages);
    if (clock != PartitionClocks.NONE) {
      watermarkLag.set(System.currentTimeMillis() - clock);
    }
  }
}
