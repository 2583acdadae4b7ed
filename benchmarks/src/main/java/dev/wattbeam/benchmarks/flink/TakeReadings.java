package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.ReadingIntake;
import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import dev.wattbeam.transforms.quality.ReadingValidator;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Parses, validates and packs: per bundle one block of readings for each task of the next step. It
 * is the first of two phases of aggregation, as in the other workloads.
 */
final class TakeReadings extends AbstractStreamOperator<Tuple2<Integer, ReadingBlock>>
    implements OneInputStreamOperator<KafkaMessage, Tuple2<Integer, ReadingBlock>> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<LateReading> LATE =
      new OutputTag<>("late", ChainedSerializer.type(LateReading.class));
  static final OutputTag<DeadLetter> REJECTED =
      new OutputTag<>("rejected", ChainedSerializer.type(DeadLetter.class));

  private final ContenderOptions options;
  private transient ReadingIntake intake;
  private transient int messages;

  TakeReadings(ContenderOptions options) {
    this.options = options;
    chainingStrategy = ChainingStrategy.ALWAYS;
  }

  @Override
  public void open() throws Exception {
    super.open();
    intake =
        new ReadingIntake(
            options,
            PostgresMeterDirectory.of(ReadingIntake.postgres(options)),
            options.parallelism(),
            new ReadingValidator.Output() {
              @Override
              public void late(LateReading reading) {
                output.collect(LATE, new StreamRecord<>(reading));
              }

              @Override
              public void rejected(DeadLetter letter) {
                output.collect(REJECTED, new StreamRecord<>(letter));
              }
            });
  }

  @Override
  public void processElement(StreamRecord<KafkaMessage> element) {
    ConsumerRecord<byte[], byte[]> message = element.getValue().record();
    intake.add(message.partition(), message.offset(), message.timestamp(), message.value());
    messages++;
    if (messages == ReadingIntake.BUNDLE_MESSAGES) {
      endBundle();
    }
  }

  private void endBundle() {
    intake
        .takeBlocks()
        .forEach((bucket, block) -> output.collect(new StreamRecord<>(Tuple2.of(bucket, block))));
    messages = 0;
    output.emitWatermark(new Watermark(intake.clockMillis()));
  }

  /** The source knows no event time, so there is only the last one, at the end of the topic. */
  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    endBundle();
    super.processWatermark(watermark);
  }
}
