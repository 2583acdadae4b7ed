package dev.wattbeam.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionClocksTest {
  private static final long NONE = PartitionClocks.NONE;

  private static PartitionClocks clocks(long... clocks) {
    return new PartitionClocks(clocks, NONE, 0, 1_000);
  }

  @Test
  void theLowestClockIsTheWatermark() {
    PartitionClocks clocks = clocks(NONE, NONE);
    assertThat(clocks.watermark(NONE)).isEqualTo(NONE);
    clocks.advance(0, 500);
    assertThat(clocks.watermark(NONE)).isEqualTo(NONE);
    clocks.advance(1, 300);
    assertThat(clocks.watermark(NONE)).isEqualTo(300);
  }

  @Test
  void aPartitionWithoutRecordsHoldsTheWatermarkOnlyForAWhile() {
    PartitionClocks clocks = clocks(NONE, NONE);
    clocks.received(0, 10);
    clocks.advance(0, 500);
    clocks.backlog(1, 0, 999);
    assertThat(clocks.watermark(NONE)).isEqualTo(NONE);
    clocks.backlog(1, 0, 1_000);
    assertThat(clocks.watermark(NONE)).isEqualTo(500);
  }

  @Test
  void aPartitionWithBacklogIsNotIdle() {
    PartitionClocks clocks = clocks(100, 200);
    clocks.backlog(0, 1, 5_000);
    assertThat(clocks.watermark(NONE)).isEqualTo(100);
    clocks.backlog(0, 0, 6_000);
    assertThat(clocks.watermark(NONE)).isEqualTo(200);
  }

  @Test
  void aPartitionThatWakesUpHoldsTheWatermarkWhereItIs() {
    PartitionClocks clocks = clocks(100, 200);
    clocks.backlog(0, 0, 5_000);
    assertThat(clocks.watermark(NONE)).isEqualTo(200);
    clocks.received(0, 5_100);
    clocks.advance(0, 150);
    clocks.advance(1, 900);
    assertThat(clocks.watermark(NONE)).isEqualTo(200);
    clocks.advance(0, 250);
    assertThat(clocks.watermark(NONE)).isEqualTo(250);
  }

  @Test
  void withAllIdleItIsTheHighestClockAndNeverTheWallClock() {
    PartitionClocks clocks = clocks(100, NONE);
    assertThat(clocks.allIdle()).isFalse();
    clocks.backlog(0, 0, 1_000_000_000);
    clocks.backlog(1, 0, 1_000_000_000);
    assertThat(clocks.allIdle()).isTrue();
    assertThat(clocks.watermark(NONE)).isEqualTo(100);
  }

  @Test
  void withAllIdleItFollowsTheOtherReaders() {
    PartitionClocks clocks = clocks(NONE);
    assertThat(clocks.watermark(700)).isEqualTo(NONE);
    clocks.backlog(0, 0, 1_000);
    assertThat(clocks.watermark(700)).isEqualTo(700);
    assertThat(clocks.watermark(600)).isEqualTo(700);
  }

  @Test
  void aCheckpointsWatermarkStays() {
    PartitionClocks clocks = new PartitionClocks(new long[] {100}, 400, 0, 1_000);
    assertThat(clocks.watermark(NONE)).isEqualTo(400);
  }

  @Test
  void onlyPlausibleTimesMoveAClock() {
    ClockLimits limits = new ClockLimits(1_000, 50);
    long known = 100_000_000;
    assertThat(limits.advance(NONE, 999, false, known)).isEqualTo(NONE);
    assertThat(limits.advance(NONE, 1_000, false, known)).isEqualTo(1_000);
    assertThat(limits.advance(5_000, 4_000, false, known)).isEqualTo(5_000);
    assertThat(limits.advance(5_000, known + 50, false, known)).isEqualTo(known + 50);
    assertThat(limits.advance(5_000, known + 51, false, known)).isEqualTo(5_000);
    assertThat(limits.advance(5_000, Long.MAX_VALUE, false, known)).isEqualTo(5_000);
    assertThat(limits.advance(5_000, known, true, known)).isEqualTo(known - 14 * 3_600_000L);
  }
}
