/**
 * Snowflake: schema, the loading of tables of PostgreSQL (docs/pipelines/load-warehouse.md) and of
 * messages (docs/pipelines/load-messages.md).
 */
package dev.wattbeam.io.snowflake;
