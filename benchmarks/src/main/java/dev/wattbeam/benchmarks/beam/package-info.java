/**
 * The workloads as Beam pipelines, built as the product is: whole polls as elements, packed blocks
 * per bucket of meters, plain Java over a block, COPY.
 */
package dev.wattbeam.benchmarks.beam;
