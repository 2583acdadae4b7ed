package dev.wattbeam.pipelines.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wattbeam.oracle.SequentialModel;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.archive.ArchiveReadings;
import dev.wattbeam.pipelines.archive.ArchiveReadingsOptions;
import dev.wattbeam.pipelines.archive.CompactArchive;
import dev.wattbeam.pipelines.archive.CompactArchiveOptions;
import dev.wattbeam.pipelines.monitor.Tables.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a topic to an archive on a file system, and from there to the tables. */
final class MonitorArchiveTest {
  private static final int BLOCK = 200;

  @TempDir Path folder;

  private static TestTopic topic;

  @BeforeAll
  static void fillTopic() {
    topic = TestTopic.create(Neighbourhoods.PARTITIONS);
    Neighbourhoods.messages().forEach(topic::send);
  }

  /** What the tables have to hold: of the messages whose blocks are complete. */
  private static Expected expected() {
    List<ConsumerRecord<byte[], byte[]>> content = topic.content();
    Map<Integer, Long> ends =
        content.stream()
            .collect(Collectors.toMap(ConsumerRecord::partition, m -> m.offset() + 1, Math::max));
    return Expected.of(
        content.stream().filter(m -> m.offset() / BLOCK < ends.get(m.partition()) / BLOCK).toList(),
        new SequentialModel(
            Neighbourhoods.directory().toDirectory(), SequentialModel.Limits.DEFAULT));
  }

  private ArchiveReadingsOptions options(int block) {
    ArchiveReadingsOptions options =
        PipelineOptionsFactory.fromArgs(
                "--kafkaBootstrapServers=" + TestTopic.servers(),
                "--kafkaTopic=" + topic.name(),
                "--archive=" + folder,
                "--archiveBlockMessages=" + block)
            .as(ArchiveReadingsOptions.class);
    options.setRunner(DirectRunner.class);
    return options;
  }

  private void archive() {
    ArchiveReadingsOptions options = options(BLOCK);
    assertThat(ArchiveReadings.check(options)).isEmpty();
    Pipeline pipeline = Pipeline.create(options);
    ArchiveReadings.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
  }

  private void compact() {
    CompactArchiveOptions options =
        PipelineOptionsFactory.fromArgs("--archive=" + folder, "--archiveSource=" + topic.name())
            .as(CompactArchiveOptions.class);
    options.setRunner(DirectRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    CompactArchive.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }

  @Test
  void anArchiveGivesTheRowsOfItsTopic() throws IOException {
    archive();
    List<String> small = files();
    archive();
    assertThat(files()).isEqualTo(small);

    TestDatabase database = TestDatabase.with(Neighbourhoods.directory());
    Expected expected = expected();
    assertThat(expected.tables().lines().get("intervals")).isNotEmpty();
    Job.runBounded(topic, database, "--source=archive", "--archive=" + folder).close();
    assertThat(Tables.of(database).differenceFrom(expected.tables())).isEmpty();

    compact();
    assertThat(files().size()).isLessThan(small.size());
    TestDatabase again = TestDatabase.with(Neighbourhoods.directory());
    Job.runBounded(topic, again, "--source=archive", "--archive=" + folder).close();
    assertThat(Tables.of(again).differenceFrom(expected.tables())).isEmpty();
  }

  @Test
  void anotherContentIsNotOverwritten() throws IOException {
    archive();
    List<Path> parts =
        files().stream().filter(file -> file.contains("of2.")).limit(2).map(Path::of).toList();
    byte[] other =
        Files.readAllBytes(folder.resolve("source=" + topic.name() + "/_archive.json.gz"));
    Files.write(parts.get(0), other);
    // Its block is looked at again when a file of it is missing.
    String block = parts.get(0).getFileName().toString().replaceAll("\\..*", "");
    for (String file : files()) {
      if (file.contains(block) && !file.equals(parts.get(0).toString())) {
        Files.delete(Path.of(file));
      }
    }
    assertThatThrownBy(this::archive).hasMessageContaining("another content");
    assertThat(parts.get(0)).hasBinaryContent(other);
  }

  @Test
  void aTopicThatWasMadeAnewOrAnotherBlockSizeIsRefused() throws IOException {
    archive();
    assertThat(ArchiveReadings.check(options(BLOCK + 1)))
        .singleElement()
        .asString()
        .contains("--archiveBlockMessages=201", "begun with 200");

    TestTopic anew = TestTopic.create(1);
    Files.move(folder.resolve("source=" + topic.name()), folder.resolve("source=" + anew.name()));
    ArchiveReadingsOptions options = options(BLOCK);
    options.setKafkaTopic(anew.name());
    assertThat(ArchiveReadings.check(options)).singleElement().asString().contains("made anew");
  }

  @Test
  void allErrorsAreNamedAtOnce() {
    ArchiveReadingsOptions options = options(0);
    options.setArchive("ftp://somewhere");
    options.setArchiveS3Endpoint("localhost:9000");
    options.setArchivePatience("long");
    options.setKafkaTopic("?");
    assertThatThrownBy(() -> ArchiveReadings.check(options))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(String.join("\n", e.errors()))
                    .contains(
                        "--archive is 'ftp://somewhere'",
                        "--archiveS3Endpoint is 'localhost:9000'",
                        "--archivePatience is 'long'",
                        "--kafkaTopic is '?'",
                        "--archiveBlockMessages=0"));
  }
}
