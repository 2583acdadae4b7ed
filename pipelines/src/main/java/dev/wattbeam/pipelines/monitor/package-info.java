/** MonitorConsumption: from readings in Kafka to trusted consumption in PostgreSQL. */
package dev.wattbeam.pipelines.monitor;
