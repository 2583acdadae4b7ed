/** Judges single readings: validation rules and dead letters. */
package dev.wattbeam.transforms.quality;
