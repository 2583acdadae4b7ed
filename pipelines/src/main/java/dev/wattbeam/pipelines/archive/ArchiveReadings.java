package dev.wattbeam.pipelines.archive;

import dev.wattbeam.io.archive.ArchiveConfig;
import dev.wattbeam.io.archive.ArchiveTopic;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.PipelineCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;

/**
 * Keeps every message of a topic as it was received, in files. Bounded: it takes what the topic
 * holds and is not in the archive yet, and ends. See docs/pipelines/archive-readings.md.
 */
public final class ArchiveReadings {
  /** Name of the pipeline in logs and lists. */
  public static final String NAME = "archive-readings";

  public static final String DESCRIPTION =
      "Keeps every message of a topic as it was received, in files, HDFS or S3.";

  private static final long MOST_MESSAGES = 10_000_000;

  private ArchiveReadings() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(
        NAME, args, ArchiveReadingsOptions.class, ArchiveReadings::check, ArchiveReadings::build);
  }

  private record Config(KafkaConfig kafka, ArchiveConfig archive, long blockMessages) {
    static Config from(ArchiveReadingsOptions options) {
      List<String> errors = new ArrayList<>();
      // Whatever is given: this pipeline has an end.
      options.setKafkaBounded(true);
      KafkaConfig kafka = KafkaConfig.from(options, errors);
      ArchiveConfig archive = ArchiveConfig.from(options, errors);
      long blockMessages = options.getArchiveBlockMessages();
      if (blockMessages < 1 || blockMessages > MOST_MESSAGES) {
        errors.add("--archiveBlockMessages=" + blockMessages + ": between 1 and " + MOST_MESSAGES);
      }
      if (!errors.isEmpty()) {
        throw new ConfigurationException(errors);
      }
      return new Config(kafka, archive, blockMessages);
    }
  }

  /** Asks the servers whether the job can work; gives one line per problem. */
  public static List<String> check(ArchiveReadingsOptions options) {
    Config config = Config.from(options);
    List<String> problems = new ArrayList<>();
    ArchiveTopic.check(config.kafka(), config.archive(), config.blockMessages(), problems);
    return problems;
  }

  /**
   * Adds the steps of this pipeline.
   *
   * @throws ConfigurationException naming every option that is wrong
   */
  public static void build(Pipeline pipeline, ArchiveReadingsOptions options) {
    Config config = Config.from(options);

    pipeline.apply(
        "ArchiveTopic", ArchiveTopic.of(config.kafka(), config.archive(), config.blockMessages()));
  }
}
