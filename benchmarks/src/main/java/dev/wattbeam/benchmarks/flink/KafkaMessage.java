package dev.wattbeam.benchmarks.flink;

import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A message as it comes. */
record KafkaMessage(ConsumerRecord<byte[], byte[]> record) {
  /** Parses nothing. */
  static final class Parser implements KafkaRecordDeserializationSchema<KafkaMessage> {
    private static final long serialVersionUID = 1L;

    @Override
    public void open(InitializationContext context) {}

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<KafkaMessage> out) {
      out.collect(new KafkaMessage(message));
    }

    @Override
    public TypeInformation<KafkaMessage> getProducedType() {
      return ChainedSerializer.type(KafkaMessage.class);
    }
  }
}
