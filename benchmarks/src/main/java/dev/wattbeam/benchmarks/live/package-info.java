/**
 * How much MonitorConsumption can take for good while it streams, how soon, and with how much
 * state.
 */
package dev.wattbeam.benchmarks.live;
