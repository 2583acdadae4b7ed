package dev.wattbeam.pipelines.grid;

import dev.wattbeam.io.kafka.KafkaTopics;
import dev.wattbeam.io.kafka.ReadGridSignals;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.io.postgres.WriteDeadLetters;
import dev.wattbeam.io.postgres.WriteGridSignals;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.GridSignal;
import dev.wattbeam.pipelines.PipelineCommand;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;

/**
 * Takes signals of the grid from Kafka to PostgreSQL: carbon intensity, generation, exchange,
 * prices, each in its newest version. See docs/pipelines/ingest-grid-signals.md.
 */
public final class IngestGridSignals {
  /** Name of the pipeline in dead letters, logs and lists. */
  public static final String NAME = "ingest-grid-signals";

  public static final String DESCRIPTION =
      "Takes signals of the grid (carbon intensity, generation, prices) from Kafka to PostgreSQL.";

  private IngestGridSignals() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(
        NAME,
        withTopic(args),
        GridOptions.class,
        IngestGridSignals::check,
        IngestGridSignals::build);
  }

  /** The usual topic of the options is that of readings, which would all become dead letters. */
  private static String[] withTopic(String[] args) {
    boolean given = Arrays.stream(args).anyMatch(arg -> arg.startsWith("--kafkaTopic="));
    return given
        ? args
        : Stream.concat(Arrays.stream(args), Stream.of("--kafkaTopic=grid-signals"))
            .toArray(String[]::new);
  }

  /** Asks the servers whether the job can work; gives one line per problem. */
  static List<String> check(GridOptions options) {
    GridConfig config = GridConfig.from(options);
    List<String> problems = PostgresDatabase.check(config.postgres());
    if (problems.isEmpty()) {
      KafkaTopics.check(config.kafka());
    }
    return problems;
  }

  /**
   * Adds the steps of this pipeline.
   *
   * @throws dev.wattbeam.pipelines.ConfigurationException naming every option that is wrong
   */
  public static void build(Pipeline pipeline, GridOptions options) {
    GridConfig config = GridConfig.from(options);

    WithFailures.Result<PCollection<GridSignal>, DeadLetter> read =
        pipeline.apply("ReadGridSignals", ReadGridSignals.from(config.kafka(), NAME));

    read.output().apply("WriteGridSignals", WriteGridSignals.to(config.postgres()));

    read.failures().apply("WriteDeadLetters", WriteDeadLetters.to(config.postgres()));
  }
}
