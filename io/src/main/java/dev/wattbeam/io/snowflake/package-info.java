/** Snowflake: schema, and the loading of tables of PostgreSQL; see docs/snowflake.md. */
package dev.wattbeam.io.snowflake;
