package dev.wattbeam.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Test;

class PrometheusEndpointTest {
  private static final class CountFn extends DoFn<Integer, Void> {
    @ProcessElement
    public void process(@Element Integer element) {
      Metrics.counter("wattbeam", "accepted").inc();
      Metrics.gauge("wattbeam", "kafka_lag_0").set(element);
      Metrics.distribution("wattbeam", "postgres_flush_millis").update(element);
    }
  }

  private static String get(int port) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void servesTheMetricsOfAPipeline() throws Exception {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Numbers", Create.of(7, 7, 7)).apply("Count", ParDo.of(new CountFn()));
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.start("job-1", 0)) {
      assertThat(get(endpoint.port())).doesNotContain("wattbeam");
      PipelineResult result = pipeline.run();
      result.waitUntilFinish();
      endpoint.show(result);
      assertThat(get(endpoint.port()))
          .contains("wattbeam_accepted_total{job=\"job-1\",step=\"Count/ParMultiDo(Count)\"} 3.0")
          .contains("wattbeam_kafka_lag_0{job=\"job-1\",step=\"Count/ParMultiDo(Count)\"} 7.0")
          .contains("wattbeam_postgres_flush_millis_mean{")
          .contains("wattbeam_postgres_flush_millis_count{");
      assertThatThrownBy(() -> PrometheusEndpoint.start("job-2", endpoint.port()))
          .isInstanceOf(IOException.class);
    }
  }
}
