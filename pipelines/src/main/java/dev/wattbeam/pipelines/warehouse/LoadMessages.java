package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.archive.ArchivedLine;
import dev.wattbeam.io.archive.ReadLines;
import dev.wattbeam.io.snowflake.AppendLines;
import dev.wattbeam.pipelines.PipelineCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;

/**
 * Appends messages, as they were received, from the archive to Snowflake. See
 * docs/pipelines/load-messages.md.
 */
public final class LoadMessages {
  /** Name of the pipeline in logs and lists. */
  public static final String NAME = "load-messages";

  public static final String DESCRIPTION =
      "Appends days of the raw archive to Snowflake: messages as they were received.";

  private LoadMessages() {}

  /** Runs the pipeline; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(
        NAME, args, LoadMessagesOptions.class, LoadMessages::check, LoadMessages::build);
  }

  /** Asks both sides whether the job can work; gives one line per problem. */
  public static List<String> check(LoadMessagesOptions options) {
    LoadMessagesConfig config = LoadMessagesConfig.from(options);
    List<String> problems =
        new ArrayList<>(ReadLines.check(config.archive(), config.selection().source()));
    problems.addAll(AppendLines.check(config.snowflake()));
    return problems;
  }

  /**
   * Adds the steps of this pipeline.
   *
   * @throws dev.wattbeam.pipelines.ConfigurationException naming every option that is wrong
   */
  public static void build(Pipeline pipeline, LoadMessagesOptions options) {
    LoadMessagesConfig config = LoadMessagesConfig.from(options);

    PCollection<ArchivedLine> lines =
        pipeline.apply("ReadLines", ReadLines.from(config.archive(), config.selection()));

    lines.apply("AppendLines", AppendLines.to(config.snowflake(), config.stage(), config.run()));
  }
}
