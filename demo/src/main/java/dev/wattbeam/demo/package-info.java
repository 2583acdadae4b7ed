/**
 * The first command of the README: Kafka, PostgreSQL, Flink, a simulated fleet (or a file) and the
 * pipeline in one process; live for people, one-shot for scripts.
 */
package dev.wattbeam.demo;
