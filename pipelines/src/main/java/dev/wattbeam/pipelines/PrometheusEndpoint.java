package dev.wattbeam.pipelines;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;

/**
 * The metrics of a running pipeline, as Prometheus reads them: for the runners that have no
 * reporter of their own for them, Spark and Direct.
 *
 * <p>Names are those of {@code docs/operations.md} behind {@code wattbeam_}; the labels are {@code
 * job} and {@code step}. A distribution becomes the gauges {@code _min}, {@code _max}, {@code
 * _mean}, and {@code _count}.
 */
final class PrometheusEndpoint implements MultiCollector, AutoCloseable {
  private final String job;
  private final HTTPServer server;
  private volatile PipelineResult pipeline;

  private PrometheusEndpoint(String job, int port) throws IOException {
    this.job = job;
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(this);
    this.server =
        HTTPServer.builder()
            .inetAddress(InetAddress.getLoopbackAddress())
            .port(port)
            .registry(registry)
            .buildAndStart();
  }

  /**
   * Serves {@code /metrics} on the local interface.
   *
   * @param port 0: a free one
   * @throws IOException when the port is taken
   */
  static PrometheusEndpoint start(String job, int port) throws IOException {
    return new PrometheusEndpoint(job, port);
  }

  /** From now on there is something to tell. */
  void show(PipelineResult running) {
    pipeline = running;
  }

  int port() {
    return server.getPort();
  }

  @Override
  public MetricSnapshots collect() {
    if (pipeline == null) {
      return new MetricSnapshots();
    }
    MetricQueryResults results = pipeline.metrics().allMetrics();
    Map<String, CounterSnapshot.Builder> counters = new TreeMap<>();
    Map<String, GaugeSnapshot.Builder> gauges = new TreeMap<>();
    for (MetricResult<Long> counter : results.getCounters()) {
      counters
          .computeIfAbsent(name(counter.getKey()), name -> CounterSnapshot.builder().name(name))
          .dataPoint(
              CounterSnapshot.CounterDataPointSnapshot.builder()
                  .value(counter.getAttempted())
                  .labels(labels(counter.getKey()))
                  .build());
    }
    results
        .getGauges()
        .forEach(gauge -> add(gauges, gauge.getKey(), "", gauge.getAttempted().getValue()));
    results
        .getDistributions()
        .forEach(
            distribution -> {
              DistributionResult values = distribution.getAttempted();
              add(gauges, distribution.getKey(), "_count", values.getCount());
              add(gauges, distribution.getKey(), "_min", values.getMin());
              add(gauges, distribution.getKey(), "_max", values.getMax());
              add(gauges, distribution.getKey(), "_mean", values.getMean());
            });
    List<MetricSnapshot> snapshots = new ArrayList<>();
    counters.values().forEach(counter -> snapshots.add(counter.build()));
    gauges.values().forEach(gauge -> snapshots.add(gauge.build()));
    return new MetricSnapshots(snapshots);
  }

  private void add(
      Map<String, GaugeSnapshot.Builder> gauges, MetricKey key, String suffix, double value) {
    gauges
        .computeIfAbsent(name(key) + suffix, name -> GaugeSnapshot.builder().name(name))
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(value)
                .labels(labels(key))
                .build());
  }

  private static String name(MetricKey key) {
    return PrometheusNaming.sanitizeMetricName(
        key.metricName().getNamespace() + "_" + key.metricName().getName());
  }

  private Labels labels(MetricKey key) {
    return Labels.of("job", job, "step", String.valueOf(key.stepName()));
  }

  @Override
  public void close() {
    server.close();
  }
}
