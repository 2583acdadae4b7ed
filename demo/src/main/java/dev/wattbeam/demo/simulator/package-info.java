/**
 * A seeded fleet of meters that sends readings with defects and knows the truth about every
 * interval, so that what a pipeline computes can be checked.
 */
package dev.wattbeam.demo.simulator;
