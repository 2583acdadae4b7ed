/**
 * Files of readings into Kafka: the program {@link dev.wattbeam.pipelines.publish.PublishReadings}
 * and what other programs use of it. No Beam here, see
 * docs/decisions/0004-publish-readings-plain.md.
 */
package dev.wattbeam.pipelines.publish;
