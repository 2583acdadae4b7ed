/**
 * LoadWarehouse: copies the tables of PostgreSQL to Snowflake; MigrateWarehouse makes its tables.
 */
package dev.wattbeam.pipelines.warehouse;
