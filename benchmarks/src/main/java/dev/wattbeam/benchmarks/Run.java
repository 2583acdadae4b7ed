package dev.wattbeam.benchmarks;

/**
 * A run whose result is right, as results.json has it.
 *
 * @param recordsPerSecond from the first record that the broker handed out to the last row in
 *     PostgreSQL; where none is written, to the end of the process
 * @param wallSeconds from the start of the process to its end
 * @param startSeconds from the start of the process to the first record
 * @param cpuSeconds user and system time of the contender's processes
 * @param peakRssMb the most memory that they had resident
 * @param rows in the tables afterwards
 */
public record Run(
    String workload,
    String contender,
    int meters,
    int parallelism,
    long records,
    double recordsPerSecond,
    double wallSeconds,
    double startSeconds,
    double cpuSeconds,
    long peakRssMb,
    int round,
    long rows) {}
