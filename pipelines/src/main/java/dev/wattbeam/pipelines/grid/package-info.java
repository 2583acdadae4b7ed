/**
 * Signals of the grid: {@code PublishGridSignals} asks the API or reads files and sends to Kafka,
 * {@code IngestGridSignals} takes them from there to the stores.
 */
package dev.wattbeam.pipelines.grid;
