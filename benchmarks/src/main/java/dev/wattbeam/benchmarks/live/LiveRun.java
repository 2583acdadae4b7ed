package dev.wattbeam.benchmarks.live;

/**
 * What was seen of one job.
 *
 * @param periodSeconds between two readings of a meter
 * @param sustainablePerSecond the most readings per second at which the lag did not grow
 * @param cpuMicrosPerReading of the job's process, at 80 % of that
 * @param rowsPerReading rows written and replaced over readings, at 80 %
 * @param delay80Median from a reading's moment to the commit of its row, in ms, at 80 %
 * @param days that went by in the readings until the state was measured
 * @param stateBytes size of the last checkpoint
 * @param checkpointMillis how long checkpoints took, median
 * @param heapBytes in use after a full collection
 * @param kafkaBytesPerReading as the broker keeps them, lz4
 * @param postgresBytesPerRow with indexes, after as many updates as there were
 */
public record LiveRun(
    int meters,
    int periodSeconds,
    int parallelism,
    long sustainablePerSecond,
    double cpuMicrosPerReading,
    double rowsPerReading,
    long delay50Median,
    long delay50P99,
    long delay80Median,
    long delay80P99,
    double days,
    long stateBytes,
    long checkpointMillis,
    long heapBytes,
    double kafkaBytesPerReading,
    double postgresBytesPerRow) {}
