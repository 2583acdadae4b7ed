package dev.wattbeam.pipelines.repair;

import static dev.wattbeam.model.ConsumptionRow.OwnerKind.GROUP;
import static dev.wattbeam.model.ConsumptionRow.OwnerKind.METER;

import dev.wattbeam.io.archive.ArchiveCoverage;
import dev.wattbeam.io.archive.ArchiveSelection;
import dev.wattbeam.io.archive.ReadArchive;
import dev.wattbeam.io.kafka.KafkaTopics;
import dev.wattbeam.io.kafka.ReadReadings;
import dev.wattbeam.io.postgres.LateReadings;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresMeterDirectory;
import dev.wattbeam.model.ConsumptionRows;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.pipelines.PipelineCommand;
import dev.wattbeam.pipelines.consumption.ConsumptionSteps;
import dev.wattbeam.transforms.consumption.Emission;
import dev.wattbeam.transforms.repair.SelectReadings;
import dev.wattbeam.transforms.repair.SelectRows;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes again what readings touch that came too late for {@link
 * dev.wattbeam.pipelines.monitor.MonitorConsumption}: the months of their meters and of the groups
 * above, from all readings that archive and topic hold. See docs/pipelines/repair-consumption.md.
 */
public final class RepairConsumption {
  /** Name of the pipeline in logs and lists. */
  public static final String NAME = "repair-consumption";

  public static final String DESCRIPTION =
      "Puts readings that came too late into the rows of their meters and groups.";

  private static final Logger LOG = LoggerFactory.getLogger(RepairConsumption.class);
  private static final LocalDate NO_LAST_DAY = LocalDate.of(9999, 12, 31);

  private RepairConsumption() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.runThen(
        NAME, args, RepairOptions.class, RepairConsumption::check, RepairConsumption::build);
  }

  /** Asks the servers whether the job can work; gives one line per problem. */
  public static List<String> check(RepairOptions options) {
    RepairConfig config = RepairConfig.from(options);
    List<String> problems = config.consumption().checkStores();
    if (problems.isEmpty()) {
      KafkaTopics.check(config.kafka());
      problems.addAll(ArchiveCoverage.check(config.kafka(), config.archive()));
    }
    return problems;
  }

  /**
   * Adds the steps of this pipeline for the late readings that there are at this moment; none where
   * there is nothing to repair.
   *
   * @return marks the late readings: to be run when the pipeline has ended well
   * @throws dev.wattbeam.pipelines.ConfigurationException naming every option that is wrong
   */
  public static Runnable build(Pipeline pipeline, RepairOptions options) {
    RepairConfig config = RepairConfig.from(options);
    PostgresConfig postgres = config.consumption().postgres();
    RepairPlan plan =
        RepairPlan.of(
            LateReadings.toRepair(postgres, config.filter()),
            PostgresMeterDirectory.of(postgres).snapshot(),
            Instant.now().minus(config.monthClosesAfter()));
    if (plan.unknown() > 0) {
      LOG.warn(
          "{} late readings stay as they are: their meters are not in the meter directory",
          plan.unknown());
    }
    if (plan.isEmpty()) {
      LOG.info("Nothing to repair");
      return () -> {};
    }
    LOG.info("To repair: {}", plan);

    ConsumptionSteps steps =
        ConsumptionSteps.compute(
            read(pipeline, config, plan), config.consumption(), Emission.atEnd(), NAME);

    PCollection<ConsumptionRows> meterRows =
        steps.meterRows().apply("SelectMeterRows", SelectRows.of(METER, plan.meterMonths()));
    PCollection<ConsumptionRows> groupRows =
        steps.groupRows().apply("SelectGroupRows", SelectRows.of(GROUP, plan.groupMonths()));

    ConsumptionSteps.write(meterRows, groupRows, config.consumption());

    return () -> {
      LateReadings.markRepaired(postgres, plan.closed());
      LOG.info("{} late readings are marked as repaired", plan.closed().size());
    };
  }

  /**
   * The archive has what the topic has lost, the topic what is not in the archive yet; what both
   * have counts once, since readings are a set.
   */
  private static PCollection<ReadingBatch> read(
      Pipeline pipeline, RepairConfig config, RepairPlan plan) {
    // No message was sent longer before its reading's time than this.
    long earliest = plan.times().first() - config.consumption().limits().futureToleranceMillis();
    ArchiveSelection selection =
        new ArchiveSelection(
            config.kafka().topic(),
            LocalDate.ofInstant(Instant.ofEpochMilli(earliest), ZoneOffset.UTC),
            NO_LAST_DAY,
            config.kafka().maxMessageBytes());
    PCollection<ReadingBatch> archived =
        pipeline.apply(
            "ReadArchive",
            ReadArchive.from(
                config.archive(), selection, config.consumption().clockLimits(), NAME));
    PCollection<ReadingBatch> recent =
        pipeline.apply(
            "ReadReadings",
            ReadReadings.from(config.kafka(), config.consumption().clockLimits(), NAME));
    return PCollectionList.of(archived)
        .and(recent)
        .apply("AllReadings", Flatten.pCollections())
        .apply("SelectReadings", SelectReadings.of(plan.meters(), plan.times()));
  }
}
