package dev.wattbeam.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What was measured, as JSON and as Markdown. */
final class Results {
  private static final String OURS = Contender.WATTBEAM_FLINK.code();

  private final Map<String, Object> machine;
  private final String commit;
  private final List<Run> runs = new ArrayList<>();
  private final List<Sink> sinks = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  /** A run that says nothing about speed: it broke, or its rows are wrong. */
  record Failure(
      String workload, String contender, int meters, int parallelism, int round, String error) {}

  /** How fast rows can be written at all. */
  record Sink(
      String workload, String contender, int meters, long rows, double rowsPerSecond, int round) {}

  /** How many times as fast as another contender WattBeam on Flink is. */
  record Ratio(String workload, int meters, int parallelism, String over, double value) {}

  /** What the runs of a cell of the table have in common. */
  private record Setting(String workload, int meters, int parallelism) {
    static Setting of(Run run) {
      return new Setting(run.workload(), run.meters(), run.parallelism());
    }
  }

  Results(Map<String, Object> machine, String commit) {
    this.machine = machine;
    this.commit = commit;
  }

  void add(Run run) {
    runs.add(run);
  }

  void add(Sink sink) {
    sinks.add(sink);
  }

  void add(Failure failure) {
    failures.add(failure);
  }

  boolean allWell() {
    return failures.isEmpty();
  }

  void write(Path folder) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("commit", commit);
    json.put("runs", runs);
    json.put("sinks", sinks);
    json.put("failures", failures);
    json.put("ratios", ratios(true));
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(folder.resolve("results.json").toFile(), json);
    Files.writeString(folder.resolve("results.md"), markdown());
  }

  /**
   * Medians of WattBeam on Flink over those of the others.
   *
   * @param firstOnly only with the first number of meters, and the first parallelism
   */
  private List<Ratio> ratios(boolean firstOnly) {
    List<Ratio> ratios = new ArrayList<>();
    Map<String, Setting> first = new LinkedHashMap<>();
    for (Setting setting : settings()) {
      first.putIfAbsent(setting.workload(), setting);
      if (firstOnly && !first.get(setting.workload()).equals(setting)) {
        continue;
      }
      Map<String, List<Run>> byContender = byContender(setting);
      if (byContender.containsKey(OURS)) {
        double ours = median(byContender.get(OURS), Run::recordsPerSecond);
        byContender.forEach(
            (contender, theirs) -> {
              if (!contender.equals(OURS)) {
                double value = ours / median(theirs, Run::recordsPerSecond);
                ratios.add(
                    new Ratio(
                        setting.workload(),
                        setting.meters(),
                        setting.parallelism(),
                        contender,
                        Math.round(value * 1000) / 1000.0));
              }
            });
      }
    }
    return ratios;
  }

  /** In the order in which they were measured. */
  private List<Setting> settings() {
    return runs.stream().map(Setting::of).distinct().toList();
  }

  private Map<String, List<Run>> byContender(Setting setting) {
    return runs.stream()
        .filter(run -> Setting.of(run).equals(setting))
        .sorted(Comparator.comparing(run -> Contender.of(run.contender())))
        .collect(Collectors.groupingBy(Run::contender, LinkedHashMap::new, Collectors.toList()));
  }

  static double median(List<Run> runs, ToDoubleFunction<Run> value) {
    double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Benchmark\n\n");
    machine.forEach(
        (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
    text.append("- commit: ").append(commit).append("\n\n");
    text.append(
        """
        Records per second: from the first record that the broker handed out to the last row in PostgreSQL; median, and
        lowest to highest of the rounds. Wall: process start to end. Start: process start to first record. Ratio:
        wattbeam-flink over this one.
        """);
    List<Ratio> ratios = ratios(false);
    for (Setting setting : settings()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n## %s, %,d meters, parallelism %d%n%n",
              setting.workload(),
              setting.meters(),
              setting.parallelism()));
      text.append(
          "| contender | rounds | records/s | from - to | ratio | wall s | start s | CPU s | peak MB | rows |\n");
      text.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
      byContender(setting)
          .forEach(
              (contender, found) -> {
                double[] speeds =
                    found.stream().mapToDouble(Run::recordsPerSecond).sorted().toArray();
                String ratio =
                    ratios.stream()
                        .filter(
                            r ->
                                r.workload().equals(setting.workload())
                                    && r.meters() == setting.meters()
                                    && r.parallelism() == setting.parallelism()
                                    && r.over().equals(contender))
                        .map(r -> String.format(Locale.ROOT, "%.2f", r.value()))
                        .findFirst()
                        .orElse("");
                text.append(
                    String.format(
                        Locale.ROOT,
                        "| %s | %d | %,.0f | %,.0f - %,.0f | %s | %.1f | %.1f | %.1f | %,.0f | %,d |%n",
                        contender,
                        found.size(),
                        median(found, Run::recordsPerSecond),
                        speeds[0],
                        speeds[speeds.length - 1],
                        ratio,
                        median(found, Run::wallSeconds),
                        median(found, Run::startSeconds),
                        median(found, Run::cpuSeconds),
                        median(found, Run::peakRssMb),
                        found.get(0).rows()));
              });
    }
    sinkTable(text);
    if (!failures.isEmpty()) {
      text.append("\n## FAILED\n\n");
      for (Failure failure : failures) {
        text.append(
            String.format(
                Locale.ROOT,
                "- **%s**, %s, %,d meters, parallelism %d, round %d: %s%n",
                failure.contender(),
                failure.workload(),
                failure.meters(),
                failure.parallelism(),
                failure.round(),
                failure.error()));
      }
    }
    return text.toString();
  }

  private void sinkTable(StringBuilder text) {
    if (sinks.isEmpty()) {
      return;
    }
    text.append(
        """

        ## The sink alone: the same rows, one connection

        | workload | meters | contender | rows | rows/s, median |
        |---|---:|---|---:|---:|
        """);
    Map<String, List<Sink>> cells = new LinkedHashMap<>();
    for (Sink sink : sinks) {
      String cell =
          String.format(
              Locale.ROOT, "| %s | %,d | %s ", sink.workload(), sink.meters(), sink.contender());
      cells.computeIfAbsent(cell, key -> new ArrayList<>()).add(sink);
    }
    cells.forEach(
        (cell, found) -> {
          double[] speeds = found.stream().mapToDouble(Sink::rowsPerSecond).sorted().toArray();
          text.append(
              String.format(
                  Locale.ROOT,
                  "%s| %,d | %,.0f |%n",
                  cell,
                  found.get(0).rows(),
                  speeds[speeds.length / 2]));
        });
  }
}
