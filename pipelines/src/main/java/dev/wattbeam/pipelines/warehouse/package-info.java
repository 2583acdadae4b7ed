/**
 * LoadWarehouse: copies the tables of PostgreSQL to Snowflake; LoadMessages: the archive;
 * MigrateWarehouse makes their tables.
 */
package dev.wattbeam.pipelines.warehouse;
