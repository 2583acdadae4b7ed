package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.io.kafka.ReadingJson;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A parsed message. One object per source task, used for all of them. */
final class Measurement {
  private String meter;
  private long timeMillis;
  private long value;

  String meter() {
    return meter;
  }

  /** End of what the value stands for. */
  long timeMillis() {
    return timeMillis;
  }

  long value() {
    return value;
  }

  /** Parses messages; drops what is no reading. */
  static final class Parser implements KafkaRecordDeserializationSchema<Measurement> {
    private static final long serialVersionUID = 1L;

    private transient ReadingJson json;
    private transient Measurement measurement;

    @Override
    public void open(InitializationContext context) {
      json = new ReadingJson();
      measurement = new Measurement();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<Measurement> out) {
      if (json.parse(message.value())) {
        measurement.meter = json.meterChannel().meter();
        measurement.timeMillis = json.timeMillis();
        measurement.value = json.value();
        out.collect(measurement);
      }
    }

    @Override
    public TypeInformation<Measurement> getProducedType() {
      return ChainedSerializer.type(Measurement.class);
    }
  }
}
