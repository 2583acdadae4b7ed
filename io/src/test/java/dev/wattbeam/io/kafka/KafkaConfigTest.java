package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaConfigTest {
  private final List<String> errors = new ArrayList<>();

  private KafkaConfig from(String... args) {
    return KafkaConfig.from(PipelineOptionsFactory.fromArgs(args).as(KafkaOptions.class), errors);
  }

  @Test
  void defaults() {
    assertThat(from("--kafkaBootstrapServers=localhost:9092"))
        .isEqualTo(KafkaConfig.of("localhost:9092", "readings"));
    assertThat(errors).isEmpty();
  }

  @Test
  void everyOption(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("client.properties"), "sasl.jaas.config=s3cret\n");
    KafkaConfig config =
        from(
            "--kafkaBootstrapServers=a:1,[::1]:2",
            "--kafkaTopic=t",
            "--kafkaGroupId=g",
            "--kafkaReader=poll",
            "--kafkaStart=committed",
            "--kafkaBounded=true",
            "--kafkaIdlePartitionAfter=PT1M",
            "--kafkaMaxMessageBytes=100",
            "--kafkaMaxPollRecords=7",
            "--kafkaPropertiesFile=" + file);
    assertThat(errors).isEmpty();
    assertThat(config)
        .isEqualTo(
            new KafkaConfig(
                "a:1,[::1]:2",
                "t",
                "g",
                KafkaConfig.KafkaReader.POLL,
                KafkaConfig.KafkaStart.COMMITTED,
                true,
                Duration.ofMinutes(1),
                100,
                7,
                Map.of("sasl.jaas.config", "s3cret")));
    assertThat(config.consumerProperties())
        .containsEntry("sasl.jaas.config", "s3cret")
        .containsEntry("enable.auto.commit", false)
        .containsEntry("max.poll.records", 7);
    assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("s3cret");
  }

  @Test
  void allErrorsAtOnce(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("client.properties"), "enable.auto.commit=true\n");
    assertThat(
            from(
                "--kafkaBootstrapServers=localhost,b:1",
                "--kafkaTopic=a topic",
                "--kafkaGroupId=",
                "--kafkaReader=fast",
                "--kafkaStart=yesterday",
                "--kafkaIdlePartitionAfter=10s",
                "--kafkaMaxMessageBytes=0",
                "--kafkaMaxPollRecords=-1",
                "--kafkaPropertiesFile=" + file))
        .isNull();
    assertThat(errors)
        .satisfiesExactly(
            e -> assertThat(e).contains("--kafkaBootstrapServers", "'localhost'", "host:port"),
            e -> assertThat(e).contains("--kafkaTopic", "'a topic'"),
            e -> assertThat(e).contains("--kafkaGroupId"),
            e -> assertThat(e).contains("--kafkaReader", "'fast'", "poll, kafkaio, microbatch"),
            e -> assertThat(e).contains("--kafkaStart", "'yesterday'", "earliest"),
            e -> assertThat(e).contains("--kafkaIdlePartitionAfter", "'10s'", "PT10S"),
            e -> assertThat(e).contains("--kafkaMaxMessageBytes", "0"),
            e -> assertThat(e).contains("--kafkaMaxPollRecords", "-1"),
            e -> assertThat(e).contains("--kafkaPropertiesFile", "enable.auto.commit"));
  }

  @Test
  void boundedGoesWithThePollReaderOnly() {
    assertThat(
            from(
                "--kafkaBootstrapServers=a:1",
                "--kafkaReader=kafkaio",
                "--kafkaStart=latest",
                "--kafkaBounded=true"))
        .isNull();
    assertThat(errors)
        .satisfiesExactly(
            e -> assertThat(e).contains("--kafkaReader=kafkaio", "use --kafkaReader=poll"),
            e -> assertThat(e).contains("--kafkaStart=latest"));
  }

  /** Of this name alone it depends. */
  private abstract static class SparkRunner extends PipelineRunner<PipelineResult> {}

  private static KafkaConfig onSpark(List<String> errors, String... args) {
    KafkaOptions options = PipelineOptionsFactory.fromArgs(args).as(KafkaOptions.class);
    options.setKafkaBootstrapServers("a:1");
    options.setRunner(SparkRunner.class);
    return KafkaConfig.from(options, errors);
  }

  @Test
  void sparkStreamsInMicroBatchesOnly() {
    assertThat(onSpark(errors).reader()).isEqualTo(KafkaConfig.KafkaReader.MICROBATCH);
    assertThat(onSpark(errors, "--kafkaBounded=true").reader())
        .isEqualTo(KafkaConfig.KafkaReader.POLL);
    assertThat(errors).isEmpty();
    assertThat(onSpark(errors, "--kafkaReader=poll")).isNull();
    assertThat(onSpark(errors, "--kafkaReader=kafkaio")).isNull();
    assertThat(errors)
        .satisfiesExactly(
            e -> assertThat(e).contains("--kafkaReader=poll", "--kafkaReader=microbatch"),
            e -> assertThat(e).contains("--kafkaReader=kafkaio", "--kafkaBounded=true"));
    errors.clear();
    assertThat(onSpark(errors, "--kafkaReader=microbatch", "--kafkaBounded=true")).isNull();
    assertThat(errors).singleElement().asString().contains("--kafkaReader=microbatch", "streaming");
  }

  @Test
  void whatIsMissing() {
    assertThat(from("--kafkaPropertiesFile=no-such-file")).isNull();
    assertThat(errors)
        .satisfiesExactly(
            e -> assertThat(e).contains("--kafkaBootstrapServers is missing"),
            e -> assertThat(e).contains("no-such-file"));
  }
}
