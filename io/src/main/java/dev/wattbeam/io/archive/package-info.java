/**
 * The raw archive: every message of a topic as it was received, in files of a file system, HDFS or
 * an object store, and read back as a source of readings. See docs/pipelines/archive-readings.md.
 */
package dev.wattbeam.io.archive;
