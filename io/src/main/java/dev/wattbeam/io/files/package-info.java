/**
 * Files of readings: what their formats look like, how their rows become readings, and the way of
 * those readings into Kafka. Reads in the file's order and never changes a file.
 */
package dev.wattbeam.io.files;
