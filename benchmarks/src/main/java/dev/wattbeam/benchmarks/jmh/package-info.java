/** JMH benchmarks of the parts of the whole job; started by {@code benchmarks/jmh}. */
package dev.wattbeam.benchmarks.jmh;
