/** Cassandra: the tables, the sink that writes by revision, options. */
package dev.wattbeam.io.cassandra;
