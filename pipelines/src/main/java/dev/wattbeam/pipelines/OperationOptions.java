package dev.wattbeam.pipelines;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How a pipeline is run and watched, whatever it does. */
public interface OperationOptions extends PipelineOptions {
  @Description(
      "Port of 127.0.0.1 on which this process serves the pipeline's metrics to Prometheus, at"
          + " /metrics; 0: not at all. For Spark and Direct; Flink has a reporter of its own.")
  @Default.Integer(0)
  int getPrometheusPort();

  void setPrometheusPort(int value);

  /** As the Flink runner has it, so that pipelines can look at it; -1 when it is not given. */
  @Description("Workers that a step is spread over, on Flink.")
  @Default.Integer(-1)
  Integer getParallelism();

  void setParallelism(Integer value);
}
