package dev.wattbeam.io.kafka;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Where and how readings are read from Kafka. {@link KafkaConfig#from} judges the values. */
public interface KafkaOptions extends PipelineOptions {
  @Description("Kafka brokers to ask first, host:port, separated by commas. Required.")
  String getKafkaBootstrapServers();

  void setKafkaBootstrapServers(String value);

  @Description("Topic that holds the readings as JSON, see docs/wire-format.md.")
  @Default.String("readings")
  String getKafkaTopic();

  void setKafkaTopic(String value);

  @Description(
      "Consumer group to which offsets are committed once the results are durable. Checkpoints"
          + " are the truth; the group shows the lag and serves kafkaStart=committed, for which the"
          + " clock of each partition is committed too.")
  @Default.String("wattbeam")
  String getKafkaGroupId();

  void setKafkaGroupId(String value);

  @Description(
      "auto: microbatch on Spark in streaming, else poll. poll: the own source, whole polls as one"
          + " element, fast. microbatch: the own source for micro-batches, whose ends are decided one"
          + " before, so that Spark can compute them again. kafkaio: Beam's KafkaIO, the alternative;"
          + " it commits offsets only with kafkaStart=committed.")
  @Default.String("auto")
  String getKafkaReader();

  void setKafkaReader(String value);

  @Description(
      "Where to begin without a checkpoint. earliest: everything the topic holds (a replay changes"
          + " no result); committed: where the group stopped, else earliest; latest: only what"
          + " comes from now on.")
  @Default.String("earliest")
  String getKafkaStart();

  void setKafkaStart(String value);

  @Description("true: read what the topic holds at the start, then end. false: go on for ever.")
  @Default.Boolean(false)
  boolean getKafkaBounded();

  void setKafkaBounded(boolean value);

  @Description(
      "A partition that is read to its end and got nothing for this long no longer holds the"
          + " watermark. ISO 8601 duration, wall-clock time. Longer: results wait longer for quiet"
          + " partitions; shorter: their delayed readings are late sooner.")
  @Default.String("PT10S")
  String getKafkaIdlePartitionAfter();

  void setKafkaIdlePartitionAfter(String value);

  @Description("Longer messages become dead letters without a look inside. Bytes.")
  @Default.Integer(ReadingJson.DEFAULT_MAX_MESSAGE_BYTES)
  int getKafkaMaxMessageBytes();

  void setKafkaMaxMessageBytes(int value);

  @Description(
      "Most messages of one poll, so of one element. Higher: fewer, larger elements, faster, more"
          + " memory; lower: results start sooner.")
  @Default.Integer(10_000)
  int getKafkaMaxPollRecords();

  void setKafkaMaxPollRecords(int value);

  @Description(
      "File with further client properties (Java properties format), such as security.protocol and"
          + " sasl.jaas.config. It is read once at the start and travels with the job to the"
          + " workers; use Kafka's config providers in it to have secrets looked up on the workers.")
  String getKafkaPropertiesFile();

  void setKafkaPropertiesFile(String value);
}
