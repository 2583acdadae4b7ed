/**
 * PostgreSQL: the schema and its migrations, the sinks that upsert by COPY, and the meter
 * directory. See docs/postgresql.md.
 */
package dev.wattbeam.io.postgres;
