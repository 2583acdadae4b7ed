/**
 * The workloads as a native Flink job.
 *
 * <p>What Flink's own tuning pages advise was followed: object reuse; own serialisers instead of
 * Kryo; aggregation in two phases, of which the first runs in the task of the source and keeps a
 * span until the watermark has passed it (what the SQL engine does for windows: "local-global
 * aggregation"), so that few partial results are shuffled instead of all readings; operators
 * chained to their source and sink; heap state; no checkpoints in a bounded run, as WattBeam.
 */
package dev.wattbeam.benchmarks.flink;
