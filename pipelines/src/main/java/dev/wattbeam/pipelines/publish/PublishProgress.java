package dev.wattbeam.pipelines.publish;

import java.time.Duration;

/**
 * How far a running publication is.
 *
 * @param rows rows read so far
 * @param readings readings sent so far
 * @param share 0 to 1 of the input's bytes (of the rows, when they are sorted); negative when
 *     unknown
 * @param readingsPerSecond over the whole time
 * @param left time until the end at this pace; null when unknown
 */
public record PublishProgress(
    long rows, long readings, double share, double readingsPerSecond, Duration left) {}
