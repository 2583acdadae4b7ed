package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.io.snowflake.LoadPlan;
import dev.wattbeam.io.snowflake.MergeTables;
import dev.wattbeam.io.snowflake.StageSlices;
import dev.wattbeam.io.snowflake.WarehouseSchema;
import dev.wattbeam.pipelines.PipelineCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Copies consumption and signals of the grid from PostgreSQL to Snowflake: all of it at first, then
 * what has changed. See docs/pipelines/load-warehouse.md.
 */
public final class LoadWarehouse {
  /** Name of the pipeline in logs and lists. */
  public static final String NAME = "load-warehouse";

  public static final String DESCRIPTION =
      "Copies consumption and signals of the grid from PostgreSQL to Snowflake, what is new only.";

  private LoadWarehouse() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(NAME, args, LoadOptions.class, LoadWarehouse::check, LoadWarehouse::build);
  }

  /** Asks both sides whether the job can work; gives one line per problem. */
  static List<String> check(LoadOptions options) {
    LoadConfig config = LoadConfig.from(options);
    List<String> problems = new ArrayList<>(PostgresDatabase.check(config.postgres()));
    problems.addAll(WarehouseSchema.check(config.snowflake()));
    return problems;
  }

  /**
   * Adds the steps of this pipeline, for what is to be loaded at this moment.
   *
   * @throws dev.wattbeam.pipelines.ConfigurationException naming every option that is wrong
   */
  public static void build(Pipeline pipeline, LoadOptions options) {
    LoadConfig config = LoadConfig.from(options);
    LoadPlan plan =
        LoadPlan.make(
            config.postgres(),
            config.snowflake(),
            config.run(),
            config.overlap(),
            config.fromBeginning(),
            config.bytesPerFile());

    PCollection<KV<String, Long>> staged =
        pipeline.apply("StageSlices", StageSlices.of(config.postgres(), config.snowflake(), plan));

    staged.apply("MergeTables", MergeTables.of(config.postgres(), config.snowflake(), plan));
  }
}
