package dev.wattbeam.benchmarks.flink;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.watermark.Watermark;

/** Event time: that of a reading is the millisecond before the end of what it stands for. */
final class Watermarks {
  private static final Duration DISORDER = Duration.ofSeconds(10);

  private Watermarks() {}

  static WatermarkStrategy<Measurement> strategy() {
    return WatermarkStrategy.<Measurement>forBoundedOutOfOrderness(DISORDER)
        .withTimestampAssigner((measurement, known) -> measurement.timeMillis() - 1);
  }

  /** First millisecond for which there may still be readings. */
  static long reached(Watermark watermark) {
    return watermark.equals(Watermark.MAX_WATERMARK)
        ? Long.MAX_VALUE
        : watermark.getTimestamp() + 1;
  }
}
