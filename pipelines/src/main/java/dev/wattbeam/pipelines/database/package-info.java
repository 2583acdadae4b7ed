/** MigrateDatabase: makes and updates the tables that the pipelines write to. */
package dev.wattbeam.pipelines.database;
