package dev.wattbeam.pipelines.grid;

import dev.wattbeam.io.kafka.KafkaOptions;
import dev.wattbeam.io.postgres.PostgresOptions;

/** Options of {@link IngestGridSignals}. */
public interface GridOptions extends KafkaOptions, PostgresOptions {}
