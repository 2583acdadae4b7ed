/** The harness: servers, topics, contenders as processes, measuring from outside, results. */
package dev.wattbeam.benchmarks;
