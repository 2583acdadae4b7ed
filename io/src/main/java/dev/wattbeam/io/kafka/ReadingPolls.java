package dev.wattbeam.io.kafka;

import org.apache.beam.sdk.coders.Coder;

/**
 * Messages that are readings.
 *
 * @param limits which event times may move the clock of a partition
 * @param pipelineName name in dead letters
 */
record ReadingPolls(ClockLimits limits, String pipelineName) implements PollFormat<KafkaPoll> {
  @Override
  public PartitionParser<KafkaPoll> parser(KafkaConfig config) {
    return new PollParser(config, limits, pipelineName);
  }

  @Override
  public Coder<KafkaPoll> coder() {
    return KafkaPollCoder.of();
  }
}
