/** RepairConsumption: what came too late for MonitorConsumption is put into the rows. */
package dev.wattbeam.pipelines.repair;
