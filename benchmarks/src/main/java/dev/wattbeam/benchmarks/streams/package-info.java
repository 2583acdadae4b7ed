/**
 * The workloads as a Kafka Streams program.
 *
 * <p>What its tuning pages advise was followed: no repartitioning where the key of the topic does
 * (meters), and else few packed messages of partial sums through the repartition topic; the
 * Processor API with state on the heap of each task, since stores of the DSL serialise each update;
 * one thread per core; large fetches, polls and record buffers; rare commits; at-least-once with
 * idempotent rows.
 */
package dev.wattbeam.benchmarks.streams;
