/**
 * Turns sets of readings into energy: spans, registers, 15-minute intervals, hours, local days,
 * months and groups. The rules are written down in docs/pipelines/monitor-consumption.md.
 */
package dev.wattbeam.transforms.consumption;
