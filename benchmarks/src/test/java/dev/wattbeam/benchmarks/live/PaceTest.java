package dev.wattbeam.benchmarks.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Pace PACE = new Pace(1_000_000, 5_000, 60);

  @Test
  void aMinuteOfTheMessagesTakesASecondOfTheClock() {
    assertThat(PACE.clockAt(1_060_000)).isEqualTo(6_000);
    assertThat(PACE.timeAt(6_000)).isEqualTo(1_060_000);
  }

  @Test
  void anotherSpeedGoesOnFromTheSameTime() {
    Pace faster = PACE.turnTo(120, 6_000);
    assertThat(faster.timeAt(6_000)).isEqualTo(PACE.timeAt(6_000));
    assertThat(faster.timeAt(7_000)).isEqualTo(1_180_000);
  }
}
