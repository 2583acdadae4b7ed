/**
 * The words of the domain as records: readings, meters, consumption, dead letters, with exact units
 * and deterministic coders. Knows only the Beam core SDK.
 */
package dev.wattbeam.model;
