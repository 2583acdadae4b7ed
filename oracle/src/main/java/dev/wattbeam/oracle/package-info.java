/**
 * The judge: the rules of docs/pipelines/monitor-consumption.md as a plain sequential program over
 * the whole history, written from that page only. Slow and simple on purpose; no Beam.
 */
package dev.wattbeam.oracle;
