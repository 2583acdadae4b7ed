/**
 * A real Kafka broker and a real PostgreSQL server for one process: the demo, tests, benchmarks.
 * Both bind to 127.0.0.1 only.
 */
package dev.wattbeam.embedded;
