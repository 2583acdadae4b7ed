package dev.wattbeam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  private final Results results = new Results(Map.of("cores", 2), "abc");

  @TempDir private Path folder;

  @Test
  void ratiosAreOfMediansAtTheFirstNumberOfMeters() throws Exception {
    add("wattbeam-flink", 1_000, 100, 300, 200);
    add("flink-native", 1_000, 80, 160, 100);
    add("one-thread", 1_000, 400, 100);
    add("wattbeam-flink", 10_000, 10);
    add("flink-native", 10_000, 1);

    JsonNode json = written();
    assertThat(json.get("ratios")).hasSize(2);
    assertThat(ratio(json, "flink-native")).isEqualTo(2.0);
    assertThat(ratio(json, "one-thread")).isEqualTo(0.8);
    assertThat(json.get("runs")).hasSize(10);
    assertThat(json.get("runs").get(0).get("recordsPerSecond").asDouble()).isEqualTo(100);
    assertThat(json.get("commit").asText()).isEqualTo("abc");
  }

  @Test
  void theReportShowsMediansSpreadAndRatio() {
    add("wattbeam-flink", 1_000, 100, 300, 200);
    add("flink-native", 1_000, 80, 160, 100);

    assertThat(results.markdown())
        .contains("## downsampling, 1,000 meters, parallelism 2")
        .contains("| wattbeam-flink | 3 | 200 | 100 - 300 |  |")
        .contains("| flink-native | 3 | 100 | 80 - 160 | 2.00 |")
        .doesNotContain("FAILED");
  }

  @Test
  void aFailureIsNoFigure() throws Exception {
    add("one-thread", 1_000, 400);
    assertThat(results.allWell()).isTrue();
    results.add(new Results.Failure("downsampling", "pyspark", 1_000, 2, 1, "one row too much"));

    assertThat(results.allWell()).isFalse();
    assertThat(results.markdown()).contains("FAILED", "**pyspark**", "one row too much");
    JsonNode json = written();
    assertThat(json.get("runs")).hasSize(1);
    assertThat(json.get("failures")).hasSize(1);
  }

  private void add(String contender, int meters, double... speeds) {
    for (double speed : speeds) {
      results.add(new Run("downsampling", contender, meters, 2, 1_000, speed, 2, 1, 3, 500, 1, 60));
    }
  }

  private JsonNode written() throws Exception {
    results.write(folder);
    assertThat(Files.readString(folder.resolve("results.md"))).isEqualTo(results.markdown());
    return new ObjectMapper().readTree(folder.resolve("results.json").toFile());
  }

  private static double ratio(JsonNode json, String over) {
    for (JsonNode ratio : json.get("ratios")) {
      if (ratio.get("over").asText().equals(over)) {
        return ratio.get("value").asDouble();
      }
    }
    throw new AssertionError("no ratio over " + over);
  }
}
