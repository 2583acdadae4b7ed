package dev.wattbeam.pipelines.monitor;

import dev.wattbeam.io.archive.ReadArchive;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.KafkaTopics;
import dev.wattbeam.io.kafka.ReadReadings;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.WriteDeadLetters;
import dev.wattbeam.io.postgres.WriteLateReadings;
import dev.wattbeam.io.postgres.WriteLatestValues;
import dev.wattbeam.io.store.RowStoreConfig;
import dev.wattbeam.io.store.StoreLatestValues;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.pipelines.OperationOptions;
import dev.wattbeam.pipelines.PipelineCommand;
import dev.wattbeam.pipelines.consumption.ConsumptionConfig;
import dev.wattbeam.pipelines.consumption.ConsumptionSteps;
import dev.wattbeam.transforms.consumption.ComputeConsumption;
import dev.wattbeam.transforms.quality.ValidateReadings;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns raw meter readings in Kafka into trusted consumption in PostgreSQL: validates, removes
 * duplicates, reads registers, computes 15-minute intervals, hours, local days, months and groups.
 * Rows and latest values go to Cassandra and MongoDB too, where they are given. See
 * docs/pipelines/monitor-consumption.md.
 */
public final class MonitorConsumption {
  /** Name of the pipeline in dead letters, logs and lists. */
  public static final String NAME = "monitor-consumption";

  public static final String DESCRIPTION =
      "Turns meter readings in Kafka into consumption in PostgreSQL: intervals, hours, days,"
          + " months, groups.";

  private static final Logger LOG = LoggerFactory.getLogger(MonitorConsumption.class);

  private MonitorConsumption() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(
        NAME, args, MonitorOptions.class, MonitorConsumption::check, MonitorConsumption::build);
  }

  /** Asks the servers whether the job can work; gives one line per problem. */
  static List<String> check(MonitorOptions options) {
    MonitorConfig config = MonitorConfig.from(options);
    List<String> problems = config.consumption().checkStores();
    if (problems.isEmpty() && config.kafka() != null) {
      int partitions = KafkaTopics.check(config.kafka());
      return checkParallelism(config, partitions, options);
    }
    return problems;
  }

  /** Shares of the partitions that differ in size leave workers waiting for the slowest one. */
  private static List<String> checkParallelism(
      MonitorConfig config, int partitions, MonitorOptions options) {
    int parallelism = options.as(OperationOptions.class).getParallelism();
    if (parallelism < 1 || partitions % parallelism == 0) {
      return List.of();
    }
    String problem =
        "--parallelism="
            + parallelism
            + " does not divide the "
            + partitions
            + " partitions of topic '"
            + config.kafka().topic()
            + "'";
    if (config.kafka().reader() == KafkaConfig.KafkaReader.KAFKAIO) {
      return List.of(
          problem + ": KafkaIO crawls when one worker has several shares; take a divisor");
    }
    LOG.warn("{}: some workers read more than others; a divisor is better", problem);
    return List.of();
  }

  /**
   * Adds the steps of this pipeline.
   *
   * @throws dev.wattbeam.pipelines.ConfigurationException naming every option that is wrong
   */
  public static void build(Pipeline pipeline, MonitorOptions options) {
    MonitorConfig config = MonitorConfig.from(options);
    ConsumptionConfig consumption = config.consumption();
    PostgresConfig postgres = consumption.postgres();

    PCollection<ReadingBatch> read = read(pipeline, config);

    ConsumptionSteps steps = ConsumptionSteps.compute(read, consumption, config.emission(), NAME);

    ConsumptionSteps.write(steps.meterRows(), steps.groupRows(), consumption);

    PCollection<Reading> latest = steps.computed().get(ComputeConsumption.LATEST);
    latest.apply("WriteLatestValues", WriteLatestValues.to(postgres));
    for (RowStoreConfig store : consumption.stores()) {
      latest.apply("WriteLatestValuesTo" + store.kind(), StoreLatestValues.to(store));
    }

    steps
        .validated()
        .get(ValidateReadings.LATE)
        .apply("WriteLateReadings", WriteLateReadings.to(postgres));

    PCollectionList.of(steps.validated().get(ValidateReadings.DEAD_LETTERS))
        .and(steps.computed().get(ComputeConsumption.CONFLICTS))
        .apply("AllDeadLetters", Flatten.pCollections())
        .apply("WriteDeadLetters", WriteDeadLetters.to(postgres));
  }

  private static PCollection<ReadingBatch> read(Pipeline pipeline, MonitorConfig config) {
    MonitorConfig.Archive archive = config.archive();
    return archive == null
        ? pipeline.apply(
            "ReadReadings",
            ReadReadings.from(config.kafka(), config.consumption().clockLimits(), NAME))
        : pipeline.apply(
            "ReadArchive",
            ReadArchive.from(
                archive.config(), archive.selection(), config.consumption().clockLimits(), NAME));
  }
}
