package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.io.kafka.ClockLimits;
import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.ReadReadings;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.PipelineCommand;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * The workloads downsampling, hour-of-day and hierarchy on any Beam runner; the whole job is the
 * product's own MonitorConsumption.
 */
public final class BeamContender {
  private static final String NAME = "beam-contender";

  /** Only for the clock, which nothing asks here. */
  private static final ClockLimits ANY_TIME = new ClockLimits(0, Long.MAX_VALUE);

  private BeamContender() {}

  /** Runs a workload over what the topic holds; {@code --help} lists the options. */
  public static void main(String[] args) {
    List<String> complete = new ArrayList<>(List.of(args));
    complete.add("--kafkaBounded=true");
    PipelineCommand.run(
        NAME,
        complete.toArray(new String[0]),
        BeamOptions.class,
        options -> List.of(),
        BeamContender::build);
  }

  static void build(Pipeline pipeline, BeamOptions options) {
    List<String> errors = new ArrayList<>();
    KafkaConfig kafka = KafkaConfig.from(options, errors);
    PostgresConfig postgres = PostgresConfig.from(options, errors);
    PTransform<PCollection<ReadingBatch>, PDone> workload =
        switch (options.getWorkload()) {
          case "downsampling" -> Downsampling.to(postgres);
          case "hour-of-day" -> HourOfDay.to(postgres);
          case "hierarchy" -> Hierarchy.to(postgres);
          default -> {
            errors.add(
                "--workload="
                    + options.getWorkload()
                    + " is none of downsampling, hour-of-day, hierarchy");
            yield null;
          }
        };
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    pipeline
        .apply("ReadReadings", ReadReadings.from(kafka, ANY_TIME, NAME))
        .apply("Compute", workload);
  }
}
