package dev.wattbeam.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NodeSumsTest {
  @Test
  void metersAreSummedOverFourLevels() {
    Map<String, PaneStats> minute = new HashMap<>();
    minute.put("m000007", stats(1));
    minute.put("m000009", stats(10));
    minute.put("m000010", stats(100));
    minute.put("m012345", stats(1_000));
    List<String> sums = new ArrayList<>();
    NodeSums.of(minute)
        .forEach(
            (level, node, meters, sum) ->
                sums.add(level + "/" + node + " n=" + meters + " sum=" + sum));
    assertThat(sums)
        .containsExactlyInAnyOrder(
            "1/0 n=2 sum=11",
            "1/1 n=1 sum=100",
            "1/1234 n=1 sum=1000",
            "2/0 n=3 sum=111",
            "2/123 n=1 sum=1000",
            "3/0 n=3 sum=111",
            "3/12 n=1 sum=1000",
            "4/0 n=3 sum=111",
            "4/1 n=1 sum=1000");
  }

  private static PaneStats stats(long value) {
    PaneStats stats = new PaneStats();
    stats.add(60_000, value);
    return stats;
  }
}
