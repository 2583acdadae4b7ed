/**
 * What the hand-written contenders share, so that only the engine differs: arguments, consumer
 * settings, aggregation in plain Java, tables and the COPY sink. Messages are parsed by {@link
 * dev.wattbeam.io.kafka.ReadingJson}, the scanner of the product.
 */
package dev.wattbeam.benchmarks.parts;
