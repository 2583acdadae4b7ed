package dev.wattbeam.transforms.repair;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TimeSpansTest {
  @Test
  void whatTouchesBecomesOne() {
    TimeSpans spans =
        new TimeSpans.Builder().add(30, 40).add(10, 20).add(50, 60).add(20, 30).build();
    assertThat(spans).isEqualTo(new TimeSpans.Builder().add(50, 60).add(10, 40).build());
    assertThat(spans.first()).isEqualTo(10);
    assertThat(new TimeSpans.Builder().add(10, 20).add(0, 90).add(50, 60).build())
        .isEqualTo(new TimeSpans.Builder().add(0, 90).build());
  }

  @Test
  void endsAreExclusive() {
    TimeSpans spans = new TimeSpans.Builder().add(10, 20).add(30, 40).build();
    assertThat(spans.contains(9)).isFalse();
    assertThat(spans.contains(10)).isTrue();
    assertThat(spans.contains(19)).isTrue();
    assertThat(spans.contains(20)).isFalse();
    assertThat(spans.contains(35)).isTrue();
    assertThat(spans.contains(40)).isFalse();
    assertThat(new TimeSpans.Builder().build().contains(0)).isFalse();
  }

  @Test
  void aMarginMayJoin() {
    TimeSpans spans = new TimeSpans.Builder().add(10, 20).add(30, 40).build();
    assertThat(new TimeSpans.Builder().add(spans, 5).build())
        .isEqualTo(new TimeSpans.Builder().add(5, 45).build());
  }
}
