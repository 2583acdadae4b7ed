package dev.wattbeam.pipelines.publish;

/**
 * What became of the rows of a table.
 *
 * @param backfilled rows of the first pass
 * @param changes rows that were written after the first pass began, or after the last run
 * @param rejected those of both that no message can hold
 * @param complete false when it was stopped before it had caught up
 * @param seconds wall clock
 */
public record TableSummary(
    long backfilled, long changes, long rejected, boolean complete, double seconds) {}
