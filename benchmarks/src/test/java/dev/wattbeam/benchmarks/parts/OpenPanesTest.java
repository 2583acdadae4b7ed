package dev.wattbeam.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OpenPanesTest {
  private final OpenPanes minutes = new OpenPanes(60_000);
  private final List<String> closed = new ArrayList<>();

  private void close(long watermark) {
    minutes.close(
        watermark,
        (start, byMeter) ->
            byMeter.forEach(
                (meter, stats) ->
                    closed.add(
                        start
                            + " "
                            + meter
                            + " n="
                            + stats.count()
                            + " min="
                            + stats.min()
                            + " max="
                            + stats.max()
                            + " sum="
                            + stats.sum()
                            + " last="
                            + stats.last())));
  }

  @Test
  void readingBelongsToTheMinuteBeforeItsTime() {
    minutes.add("a", 60_000, 1);
    minutes.add("a", 60_001, 2);
    minutes.add("a", 120_000, 4);
    close(Long.MAX_VALUE);
    assertThat(closed)
        .containsExactly(
            "0 a n=1 min=1 max=1 sum=1 last=1", "60000 a n=2 min=2 max=4 sum=6 last=4");
  }

  @Test
  void lastIsByTimeNotByArrival() {
    minutes.add("a", 30_000, 5);
    minutes.add("a", 20_000, -7);
    minutes.add("b", 20_000, 9);
    close(Long.MAX_VALUE);
    assertThat(closed)
        .containsExactlyInAnyOrder(
            "0 a n=2 min=-7 max=5 sum=-2 last=5", "0 b n=1 min=9 max=9 sum=9 last=9");
  }

  @Test
  void minuteIsOpenUntilTheWatermarkHasPassedIt() {
    minutes.add("a", 60_000, 1);
    close(Long.MIN_VALUE);
    close(59_999);
    assertThat(closed).isEmpty();
    minutes.add("a", 59_000, 2);
    close(60_000);
    assertThat(closed).containsExactly("0 a n=2 min=1 max=2 sum=3 last=1");
    assertThat(minutes.firstStart()).isEqualTo(Long.MAX_VALUE);
  }
}
