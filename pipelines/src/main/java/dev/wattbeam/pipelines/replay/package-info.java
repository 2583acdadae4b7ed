/**
 * Dead letters back into Kafka: the program {@link
 * dev.wattbeam.pipelines.replay.ReplayDeadLetters}. No Beam here, see
 * docs/pipelines/replay-dead-letters.md.
 */
package dev.wattbeam.pipelines.replay;
