/** Plain threads without any engine: what the machine, Kafka's client and PostgreSQL can do. */
package dev.wattbeam.benchmarks.threads;
