/**
 * Readings in Kafka: the JSON wire format, the whole-poll source and its configuration. Start at
 * {@link dev.wattbeam.io.kafka.ReadReadings}; the format is in docs/wire-format.md.
 */
package dev.wattbeam.io.kafka;
