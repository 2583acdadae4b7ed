/**
 * A real Kafka broker and a real PostgreSQL server for one process: the demo, tests, benchmarks.
 * Both bind to 127.0.0.1 only. And the way to real data, for the tests of all modules.
 */
package dev.wattbeam.embedded;
